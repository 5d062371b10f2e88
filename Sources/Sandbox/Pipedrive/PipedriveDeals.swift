extension PipedriveSandbox {
  /// Routes below `deals` that other kinds do not have; nil: none of them.
  mutating func dealRoutes(
    _ call: Call, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse? {
    switch (call.method, rest.count, rest.first ?? "") {
    case ("GET", 1, "archived"): return try list(call, .deals, archived: true)
    case ("GET", 1, "products"): return try rowsOfDeals(call)
    case ("GET", 1, "installments"): return try installmentsOfDeals(call)
    case (_, 2..., let id):
      let deal = try existing(id, .deals, now: call.now)
      let tail = Array(rest.dropFirst(2))
      switch rest[1] {
      case "products": return try rowRoutes(call, deal, tail)
      case "discounts": return try discountRoutes(call, deal, tail)
      case "installments": return try installmentRoutes(call, deal, tail)
      default: throw .noRoute
      }
    case (_, _, _): return nil
    }
  }

  /// Status, stage, currency and closing times depend on each other.
  mutating func applyDeal(
    _ values: JSONValue.Object, to record: inout Record, now: Int64
  ) throws(Refusal) {
    var values = values
    if values["is_deleted"]?.bool == true { throw .badRequest("Use DELETE to delete a deal") }
    values["is_deleted"] = nil
    for name in ["title", "value", "currency", "status", "owner_id", "stage_id", "pipeline_id"]
    where values[name]?.isNull == true {
      if name == "value" { values["value"] = 0 } else { values[name] = nil }
    }
    if let code = values["currency"]?.string, company.currencies[code] == nil {
      throw .badRequest("currency: \(code) is not an active currency")
    }
    try place(&values, record)
    let old = record.values["status"]?.string
    let status = values["status"]?.string ?? old ?? "open"
    for (name, wanted) in [("won_time", "won"), ("lost_time", "lost"), ("lost_reason", "lost")]
    where values[name]?.isNull == false && status != wanted {
      throw .badRequest("\(name) can be set only for \(wanted) deals")
    }
    if values["close_time"]?.isNull == false, status == "open" {
      throw .badRequest("close_time can be set only for closed deals")
    }
    if status != old {
      let moment = JSONValue.string(Self.stamp(now))
      let won = values["won_time"] ?? values["close_time"] ?? moment
      let lost = values["lost_time"] ?? values["close_time"] ?? moment
      values["won_time"] = status == "won" ? won : .null
      values["lost_time"] = status == "lost" ? lost : .null
      values["close_time"] = status == "won" ? won : status == "lost" ? lost : .null
      if status != "lost" { values["lost_reason"] = .null }
    } else if let won = values["won_time"], status == "won" {
      values["close_time"] = won
    }
    if values["stage_id"] != nil, values["stage_id"] != record.values["stage_id"] {
      values["stage_change_time"] = .string(Self.stamp(now))
    }
    if values["is_archived"]?.bool == true {
      values["archive_time"] = values["archive_time"] ?? .string(Self.stamp(now))
    }
    // The total of its products is the value of a deal that has products.
    if values["value"] != nil, hasPricedRows(record.id) { values["value"] = nil }
    set(values, on: &record)
    if values["currency"] != nil { recolour(record) }
  }

  /// The stage decides the pipeline; a pipeline alone means its first stage.
  private func place(_ values: inout JSONValue.Object, _ record: Record) throws(Refusal) {
    if let id = values["stage_id"]?.int {
      guard let stage = stages.first(where: { $0.id == id && !$0.isDeleted }) else {
        throw .badRequest("stage_id: stage \(id) not found")
      }
      if let pipeline = values["pipeline_id"]?.int, pipeline != stage.pipeline {
        throw .badRequest("stage_id \(id) does not belong to pipeline_id \(pipeline)")
      }
      values["pipeline_id"] = .integer(stage.pipeline)
      return
    }
    guard record.values["stage_id"] == nil || values["pipeline_id"] != nil else { return }
    let pipeline = values["pipeline_id"]?.int ?? pipelines.first?.id ?? 0
    let first = stages.filter { $0.pipeline == pipeline && !$0.isDeleted }
      .min { $0.order < $1.order }
    guard let first else { throw .badRequest("pipeline_id: pipeline \(pipeline) not found") }
    values["pipeline_id"] = .integer(pipeline)
    values["stage_id"] = .integer(first.id)
  }

  /// Rows follow the currency of their deal.
  private mutating func recolour(_ record: Record) {
    for (id, row) in rows where row.deal == record.id {
      rows[id]?.currency = record.values["currency"]?.string ?? row.currency
    }
  }
}
