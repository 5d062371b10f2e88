extension ZohoSandbox {
  func mergeCallBody(_ call: Call) throws(Refusal) -> [String] {
    let list = try call.json()["merge"]?[0]?["data"]?.array ?? []
    return list.compactMap { $0["id"]?.string }
  }

  /// `POST {Module}/{master}/actions/merge`.
  mutating func mergeCall(
    _ call: Call, _ module: Module, _ master: String
  ) throws(Refusal) -> SandboxResponse {
    for loser in try mergeCallBody(call) { try merge(module, loser, into: master, now: call.now) }
    return .json(
      [
        "merge": [
          [
            "code": "SUCCESS", "details": ["id": .string(master)], "message": "merge successful",
            "status": "success",
          ]
        ]
      ], status: 201)
  }

  /// The loser is deleted; the survivor takes what it lacks. Neither names the other.
  mutating func merge(
    _ module: Module, _ loserID: String, into survivorID: String, now: Int64
  ) throws(Refusal) {
    let records = self[store: module].records
    guard loserID != survivorID, let loser = records[loserID], loser.isLive,
      var survivor = records[survivorID], survivor.isLive
    else { throw Refusal(400, "INVALID_DATA", "the id given seems to be invalid") }
    for (name, value) in loser.values where survivor.values[name]?.isNull ?? true {
      survivor.values[name] = value
    }
    survivor.products += loser.products.filter { !survivor.products.contains($0) }
    let names: [String] =
      switch module {
      case .deals: ["Deal_Name", "What_Id", "Parent_Id"]
      case .accounts: ["Account_Name"]
      case .contacts: ["Contact_Name", "Who_Id"]
      case .products, .quotes, .salesOrders, .tasks, .notes: []
      }
    for other in Module.allCases {
      for record in self[store: other].live {
        let held = names.filter { record.values[$0]?["id"]?.string == loserID }
        guard !held.isEmpty else { continue }
        var changed = record
        for name in held { changed.values[name] = ["id": .string(survivorID)] }
        save(changed, other, now: now)
      }
    }
    delete(loser, module, now: now)
    save(survivor, module, now: now)
  }
}
