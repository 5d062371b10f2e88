import Foundation
import Logging
import Transport

/// Log lines on standard error, as text or JSON, scrubbed of secrets.
struct LogOutput: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  let format: LogFormat
  let redactor: Redactor
  let now: @Sendable () -> String

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    let fields = all.map { ($0.key, "\($0.value)") }.sorted { $0.0 < $1.0 }
    let line: String
    switch format {
    case .text:
      let tail = fields.map { " \($0.0)=\($0.1)" }.joined()
      line = "\(now()) \(event.level) \(event.message)\(tail)"
    case .json:
      var object = Dictionary(fields, uniquingKeysWith: { first, _ in first })
      object["time"] = now()
      object["level"] = event.level.rawValue
      object["message"] = event.message.description
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let data = (try? encoder.encode(object)) ?? Data()
      line = String(decoding: data, as: UTF8.self)
    }
    Terminal.write(redactor.scrub(line) + "\n", to: STDERR_FILENO)
  }
}
