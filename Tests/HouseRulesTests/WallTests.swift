import Foundation
import Testing

/// The walls between modules: what each may import, and who may know a vendor by name.
struct WallTests {
  private let tree = Tree()

  /// What comes with the compiler.
  private static let standard: Set<String> = [
    "Foundation", "FoundationNetworking", "Synchronization", "Dispatch", "Glibc", "Darwin", "Musl",
    "Swift",
  ]

  /// What the interface of the loopback server is made of; it comes with that dependency.
  private static let serverWords: Set<String> = ["HTTPTypes", "Logging", "NIOCore"]

  /// Lists of Package.swift: the dependencies each target is given.
  private func allowed() throws -> [String: Set<String>] {
    let text = try String(
      contentsOf: tree.root.appendingPathComponent("Package.swift"), encoding: .utf8)
    let functions = [
      "crypto()": "Crypto", "cryptoExtras()": "CryptoExtras",
      "grdb()": "GRDB", "logging()": "Logging", "yams()": "Yams",
      "hummingbird()": "Hummingbird", "argumentParser()": "ArgumentParser",
    ]
    var lists: [String: Set<String>] = [:]
    let module = try Regex(#"module\(\s*"(\w+)"(?:,\s*may:\s*\[([^\]]*)\])?"#)
    for match in text.matches(of: module) {
      guard let name = match.output[1].substring else { continue }
      let list = match.output[2].substring.map(String.init) ?? ""
      lists[String(name)] = Set(
        list.split(separator: ",").map { part in
          let word = part.trimmingCharacters(in: .whitespacesAndNewlines)
          return functions[word] ?? word.replacingOccurrences(of: "\"", with: "")
        }.filter { !$0.isEmpty })
    }
    return lists
  }

  /// In the order of the layers: an arrow only ever points to an earlier one.
  private static let layers = [
    "Domain", "Matcher", "Reconciler", "Snapshot", "Transport", "Connectors", "ConfigurationFile",
    "Engine",
  ]

  @Test func arrowsPointDown() throws {
    let lists = try allowed()
    #expect(lists.count >= 9, "Package.swift could not be read: \(lists.keys.sorted())")
    for (index, layer) in Self.layers.enumerated() {
      let above = Set(Self.layers.dropFirst(index + 1) + ["Sandbox", "xerosync"])
      let list = try #require(lists[layer], "no module \(layer)")
      #expect(list.isDisjoint(with: above), "\(layer) may not import \(list)")
    }
    let apart = Set(Self.layers)
    #expect(lists["Sandbox"]?.isDisjoint(with: apart) == true, "the sandbox stands alone")
    #expect(lists["Domain"]?.isSubset(of: ["Crypto"]) == true)
    #expect(lists["Reconciler"]?.isSubset(of: ["Domain", "Matcher"]) == true)
    #expect(lists["Matcher"]?.isEmpty == true)
    let databases = lists.filter { $0.value.contains("GRDB") }.keys.sorted()
    #expect(databases == ["Snapshot"], "the database is the snapshot's own matter")
  }

  /// Each file imports what its target's list allows and nothing else.
  @Test func importsStayInside() throws {
    let lists = try allowed()
    let line = try Regex(
      #"^\s*(?:@\w+ )?(?:package |internal |public |private |fileprivate )?import (?:struct |class |enum |func |protocol )?(\w+)"#
    )
    for file in try tree.swift("Sources") {
      guard var list = lists[file.module] else {
        #expect(file.module == "xerosync", "\(file): no module of Package.swift")
        continue
      }
      list.formUnion(Self.standard)
      if list.contains("Hummingbird") { list.formUnion(Self.serverWords) }
      for row in file.lines where row.contains("import ") {
        guard let match = row.firstMatch(of: line), let name = match.output[1].substring else {
          continue
        }
        #expect(list.contains(String(name)), "\(file) imports \(name)")
      }
    }
  }

  /// Pure modules touch neither network nor files nor threads.
  @Test(arguments: ["Domain", "Reconciler", "Matcher"])
  func pureModules(module: String) throws {
    let impure = [
      "URLSession", "FileManager", "FileHandle", "ProcessInfo", "Thread", "DispatchQueue",
      "print(",
    ]
    for file in try tree.swift("Sources/" + module) {
      let code = file.code
      for word in impure where code.contains(word) { Issue.record("\(file): \(word)") }
    }
  }

  /// Vendors are known by name below this line only.
  @Test(arguments: ["Domain", "Reconciler", "Matcher", "Snapshot", "Engine"])
  func noVendorNames(module: String) throws {
    let vendors = [
      "xero", "hubspot", "pipedrive", "zoho", "salesforce", "quickbooks", "intuit",
    ]
    let example = try Regex(#"\b\w+:(deal|company|person|contact|invoice):\w+"#)
    for file in try tree.swift("Sources/" + module) {
      for (index, line) in file.lines.enumerated() {
        guard vendors.contains(where: line.lowercased().contains) else { continue }
        var words = line.lowercased()
        // Our own name is no vendor's.
        words = words.replacingOccurrences(of: "xerosync", with: "")
        // A subject shown to people as an example, and a provider of free mailboxes.
        words = words.replacing(example, with: "")
        words = words.replacingOccurrences(of: "zoho.com", with: "")
        if words.trimmingCharacters(in: .whitespaces).hasPrefix("//") { continue }
        for vendor in vendors where words.contains(vendor) {
          Issue.record("\(file):\(index + 1) names \(vendor): \(line)")
        }
      }
    }
  }
}
