import Domain

extension RestReader {
  static let listKeys = requestKeys + ["records", "records_optional", "paging"]

  /// A request for many records. `hasChanges`: it is polled, so it may name `{{since}}`.
  mutating func list(
    _ node: DocumentNode, _ path: String, _ names: RestNames, more keys: [String] = []
  ) -> RestList? {
    guard let section = section(node, path, known: Self.listKeys + keys, required: ["records"])
    else { return nil }
    var list = RestList(request: request(section, names), records: [])
    list.records = paths(section, "records") ?? []
    list.isOptional = flag(section, "records_optional") ?? false
    if let node = section["paging"] {
      list.paging = paging(node, section.place("paging"), names, list.request)
    }
    return list
  }

  mutating func read(_ node: DocumentNode, _ path: String) -> RestRead? {
    guard let section = section(node, path, known: Self.requestKeys + ["record"]) else {
      return nil
    }
    let request = request(section, .read)
    if !request.names("id") {
      report(
        section.origin, "\(path) never names {{id}}", "put \"{{id}}\" where the record's id goes")
    }
    return RestRead(request: request, record: paths(section, "record") ?? [Self.whole])
  }

  static let whole = RestPath(steps: [], text: "")

  // MARK: Paging

  private mutating func paging(
    _ node: DocumentNode, _ path: String, _ names: RestNames, _ request: RestRequest
  ) -> RestPaging {
    let known = [
      "kind", "first", "size", "start", "path", "header", "more", "pages", "total", "next",
    ]
    var paging = RestPaging()
    guard let section = section(node, path, known: known, required: ["kind"]),
      let word = choice(section, "kind", RestPaging.names)
    else { return paging }
    paging.size = integer(section, "size", 1...100_000)
    if let node = section["more"] { paging.more = predicate(node, section.place("more")) }
    paging.pages = self.path(section, "pages")
    paging.total = self.path(section, "total")
    if let node = section["next"],
      let inner = self.section(
        node, section.place("next"), known: Self.requestKeys)
    {
      paging.next = self.request(inner, names)
    }
    let variable = kind(word, section, &paging)
    if let variable, !request.names(variable), paging.next?.names(variable) != true {
      report(
        section.origin, "\(path) is of kind \(word), but the request never names {{\(variable)}}",
        "put \"{{\(variable)}}\" where the API takes it: without it every page is the first")
    }
    return paging
  }

  /// Fills in the kind; the answer is the placeholder the request must name.
  private mutating func kind(
    _ word: String, _ section: RestSection, _ paging: inout RestPaging
  ) -> String? {
    func needs(_ key: String, _ reader: inout RestReader) {
      reader.report(
        section.origin, "\(section.place(key)) is required for the kind \(word)",
        key == "header" ? "name the header of the answer" : "say where it stands in the answer")
    }
    switch word {
    case "page":
      paging.kind = .page(first: integer(section, "first", 0...1) ?? 1)
      return "page"
    case "offset":
      paging.kind = .offset
      return "offset"
    case "cursor":
      guard let paths = paths(section, "path") else {
        needs("path", &self)
        return "cursor"
      }
      paging.kind = .cursor(paths, start: text(section, "start"))
      return "cursor"
    case "cursor_header":
      guard let header = text(section, "header") else {
        needs("header", &self)
        return "cursor"
      }
      paging.kind = .cursorHeader(header, start: text(section, "start"))
      return "cursor"
    case "next_url":
      guard let paths = paths(section, "path") else {
        needs("path", &self)
        return nil
      }
      paging.kind = .nextURL(paths)
      return nil
    case "link_header":
      paging.kind = .linkHeader
      return nil
    default: return nil
    }
  }

  // MARK: Changes

  mutating func changed(
    _ section: RestSection, _ list: RestList, hasStamp: Bool
  ) -> RestChanged {
    var changed = RestChanged()
    let place = section.place("changed")
    guard let node = section["changed"] else {
      report(
        section.origin, "\(place) is required",
        "say how the list tells what changed: { strategy: \(NearestWord.list(RestChanged.names)) }")
      return changed
    }
    let known = [
      "strategy", "inclusive", "granularity_seconds", "lookback_seconds", "sweep_hours", "link",
    ]
    guard let inner = self.section(node, place, known: known, required: ["strategy"]),
      let word = choice(inner, "strategy", RestChanged.names)
    else { return changed }
    changed.isInclusive = flag(inner, "inclusive") ?? true
    changed.granuleSeconds =
      integer(inner, "granularity_seconds", 1...86_400) ?? Self.granule(of: list.request)
    changed.lookbackSeconds = integer(inner, "lookback_seconds", 0...2_592_000) ?? 0
    changed.sweepHours = integer(inner, "sweep_hours", 1...8760)
    switch word {
    case "filter":
      changed.strategy = .filter
      if !list.request.names("since") {
        report(
          inner.origin, "\(place) is a filter, but \(section.place("list")) never names {{since}}",
          "put \"{{since}}\" where the API takes it, or choose sorted or client")
      }
    case "sorted": changed.strategy = .sorted
    case "delta_link": delta(inner, place, &changed)
    default: changed.strategy = .client
    }
    if !hasStamp, word != "delta_link" {
      report(
        section.origin, "\(section.place("fields.modified")) is required for the strategy \(word)",
        "say where the time of the last change stands")
    }
    return changed
  }

  private mutating func delta(
    _ section: RestSection, _ place: String, _ changed: inout RestChanged
  ) {
    guard let link = paths(section, "link") else {
      report(
        section.origin, "\(place).link is required for the strategy delta_link",
        "say where the address of the changes stands in the last page")
      return
    }
    changed.strategy = .delta(link)
  }

  /// The coarsest step in which the request writes its times.
  private static func granule(of request: RestRequest) -> Int {
    request.variables.filter { $0.name == "since" }.flatMap(\.filters).compactMap { filter in
      if case .time(let format) = filter { format.granuleSeconds } else { nil }
    }.max() ?? 1
  }
}
