import Domain
import Transport

extension RestReader {
  mutating func actions(_ node: DocumentNode) -> [RestActionName: RestAction] {
    guard
      let section = section(node, "actions", known: RestActionName.allCases.map(\.rawValue))
    else { return [:] }
    var actions: [RestActionName: RestAction] = [:]
    for name in RestActionName.allCases {
      guard let node = section[name.rawValue] else { continue }
      actions[name] = action(node, name)
    }
    return actions
  }

  private static func names(_ action: RestActionName) -> RestNames {
    switch action {
    case .report: .report
    case .createTask: .task
    case .createCompany, .createPerson: .draft
    case .updateCompany, .updatePerson: .patch
    }
  }

  private mutating func action(_ node: DocumentNode, _ name: RestActionName) -> RestAction? {
    let path = "actions.\(name.rawValue)"
    let names = Self.names(name)
    let own = name.creates ? ["record", "id", "idempotency"] : ["record", "precondition"]
    guard let section = section(node, path, known: Self.requestKeys + own) else { return nil }
    var action = RestAction(
      request: request(section, names, method: name.creates ? .post : .patch))
    if action.request.method == .get {
      report(node.origin, "\(path) writes with GET", "set method: POST, PUT or PATCH")
    }
    action.record = paths(section, "record") ?? []
    action.id = paths(section, "id") ?? []
    if let node = section["precondition"] {
      action.precondition = precondition(node, section.place("precondition"))
    }
    if name.creates {
      action.idempotency = idempotency(section, name, names, action)
      if name == .createTask, action.id.isEmpty {
        report(node.origin, "\(path).id is required", "say where the new task's id stands")
      }
    } else {
      checkTarget(action, name, node)
    }
    return action
  }

  /// A write that names no record would meet any.
  private mutating func checkTarget(
    _ action: RestAction, _ name: RestActionName, _ node: DocumentNode
  ) {
    let id = name == .report ? "deal.id" : "id"
    if !action.request.names(id) {
      report(
        node.origin, "actions.\(name.rawValue) never names {{\(id)}}",
        "put \"{{\(id)}}\" in the path or the body")
    }
  }

  private mutating func precondition(
    _ node: DocumentNode, _ path: String
  ) -> (header: String, path: RestPath)? {
    guard
      let section = section(
        node, path, known: ["header", "path"], required: ["header", "path"]),
      let header = text(section, "header"), let place = self.path(section, "path")
    else { return nil }
    return (header, place)
  }

  /// A create that could be made twice is refused here, when the file is read.
  private mutating func idempotency(
    _ section: RestSection, _ name: RestActionName, _ names: RestNames, _ action: RestAction
  ) -> RestIdempotency {
    let place = section.place("idempotency")
    guard let node = section["idempotency"] else {
      report(
        section.origin, "\(place) is required: after a lost answer the record would be made twice",
        "add { header: NAME }, { lookup: … } or { natural_key: true }")
      return .none
    }
    let known = ["header", "lookup", "natural_key"]
    guard let inner = self.section(node, place, known: known) else { return .none }
    let given = known.filter { inner[$0] != nil }
    guard given.count == 1 else {
      report(
        inner.origin, "\(place) needs exactly one of \(NearestWord.list(known))",
        "choose what the API offers")
      return .none
    }
    if let header = text(inner, "header") { return .header(header) }
    if let node = inner["lookup"] { return lookup(node, inner.place("lookup"), name, names) }
    let method = action.request.method
    let isKeyed = action.request.path.variables.contains {
      ["key", "draft.mark"].contains($0.name)
    }
    if flag(inner, "natural_key") == true, !isKeyed || (method != .put && method != .patch) {
      report(
        inner.origin, "\(place).natural_key needs PUT or PATCH with our mark in the path",
        "name {{draft.mark}} or {{key}} in the path, or use a lookup")
    }
    return .naturalKey
  }

  private mutating func lookup(
    _ node: DocumentNode, _ path: String, _ name: RestActionName, _ names: RestNames
  ) -> RestIdempotency {
    let keys = name == .createTask ? ["match"] : []
    guard
      let list = list(node, path, names.with(RestNames.paging), more: keys)
    else { return .none }
    guard name == .createTask else { return .lookup(list, match: []) }
    guard case .mapping(let members) = node.content,
      let match = members.first(where: { $0.key == "match" }),
      let found = paths(match.value, "\(path).match")
    else {
      report(
        node.origin, "\(path).match is required",
        "say where the text with our mark stands in a task")
      return .none
    }
    return .lookup(list, match: found)
  }

  // MARK: What must fit together

  mutating func check(_ description: RestDescription) {
    checkReports(description)
    for (name, kind, parties) in [
      (RestActionName.createCompany, "companies", description.companies),
      (.createPerson, "people", description.people),
    ] {
      guard let action = description.actions[name] else { continue }
      guard let parties else {
        report(
          action.request.origin, "actions.\(name.rawValue) stands without \(kind)",
          "describe \(kind), so that what was made can be read")
        continue
      }
      if case .lookup = action.idempotency, parties.fields["mark"] == nil {
        report(
          action.request.origin,
          "actions.\(name.rawValue) looks records up, but \(kind).fields.mark is missing",
          "say where {{draft.mark}} stands in a record")
      }
      if !action.request.names("draft.mark") {
        report(
          action.request.origin, "actions.\(name.rawValue) never writes {{draft.mark}}",
          "write it to a field: by it the record is known again")
      }
    }
    if description.companies == nil, description.people == nil {
      report(
        description.origin, "neither companies nor people are described",
        "describe what deals call their customer")
    }
  }

  private mutating func checkReports(_ description: RestDescription) {
    guard let report = description.actions[.report] else { return }
    let written = Set(
      report.request.variables.map(\.name).filter { $0.hasPrefix("report.") }.compactMap {
        ReportField(rawValue: String($0.dropFirst(7)))
      })
    let read = Set(description.deals.reported.keys)
    for field in written.subtracting(read).sorted() {
      self.report(
        report.request.origin,
        "actions.report writes {{report.\(field.rawValue)}}, which is never read",
        "say under deals.reported where \(field.rawValue) stands")
    }
    for field in read.subtracting(written).sorted() {
      self.report(
        report.request.origin, "deals.reported reads \(field.rawValue), which is never written",
        "write \"{{report.\(field.rawValue)}}\" in actions.report, or leave it out")
    }
  }
}
