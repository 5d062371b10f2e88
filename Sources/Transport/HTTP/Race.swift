/// One exchange against a total deadline: a server that drips bytes never trips the idle timeout.
/// An answer that arrives in the same instant as the alarm counts.
package func race(
  _ request: HTTPRequest, through exchange: HTTPExchange, idle: Duration, total: Duration,
  time: TimeSource
) async -> Result<HTTPResponse, HTTPFailure> {
  if Task.isCancelled { return .failure(.cancelledBeforeSending) }
  return await withTaskGroup(of: Result<HTTPResponse, HTTPFailure>?.self) { group in
    group.addTask {
      do throws(HTTPFailure) {
        return .success(try await exchange.send(request, min(idle, total)))
      } catch {
        return .failure(error)
      }
    }
    group.addTask {
      try? await time.alarm(total)
      return nil
    }
    var rang = false
    while let ended = await group.next() {
      guard let answer = ended else {
        rang = true
        group.cancelAll()
        continue
      }
      group.cancelAll()
      if case .failure = answer, rang, !Task.isCancelled {
        return .failure(.interrupted("no complete answer in \(total.components.seconds) s"))
      }
      return answer
    }
    return .failure(.interrupted("no answer"))
  }
}
