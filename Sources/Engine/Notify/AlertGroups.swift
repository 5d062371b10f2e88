internal import Domain

/// Which alerts leave together: one each, or a digest where one owner has many in one channel.
struct AlertGroups {
  let notifiers: [AlertChannel: Notifier]

  /// Groups in the order of their first operation; tasks are not among them.
  func groups(_ operations: [Operation]) -> [[Operation]] {
    var order: [Key] = []
    var members: [Key: [Operation]] = [:]
    for operation in operations {
      guard let alert = operation.effect.alert, alert.channel != .crmTask else { continue }
      let key = Key(channel: alert.channel, owner: alert.owner)
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(operation)
    }
    return order.flatMap { key -> [[Operation]] in
      let group = members[key] ?? []
      let from = notifiers[key.channel]?.digestFrom ?? Int.max
      return group.count >= from ? [group] : group.map { [$0] }
    }
  }

  private struct Key: Hashable {
    var channel: AlertChannel
    var owner: Owner?
  }
}
