internal import Connectors
internal import Domain
internal import Logging
internal import Snapshot
internal import Transport

/// Repeating invoices have no "modified since" listing: they are read whole, as often as the
/// other slow-moving lists.
struct TemplateReader {
  let environment: PassEnvironment
  let store: SnapshotStore
  let now: Instant

  static let prefix = "template:"
  private static let readKey = "templates-read"

  static func key(_ id: ID<InvoiceTemplate>) -> String { prefix + id.rawValue }

  func run() async throws(EngineError) {
    let accounting = environment.systems.accounting
    guard accounting.capabilities.supportsTemplates else { return }
    let templates: [InvoiceTemplate]
    do { templates = try await accounting.templates() } catch {
      let wasRead: Bool
      do { wasRead = try store.read { try $0.cache(Self.readKey, as: String.self) != nil } } catch {
        throw .snapshot(error)
      }
      // Without them, one that a lost snapshot knew would be made a second time.
      guard wasRead, !error.needsPerson else { throw EngineError(error, of: accounting.name) }
      environment.logger.warning(
        "repeating invoices could not be read", metadata: ["reason": "\(error)"])
      return
    }
    do { try store.write { try keep(templates, in: $0) } } catch { throw .snapshot(error) }
  }

  private func keep(_ templates: [InvoiceTemplate], in writer: SnapshotWriter) throws {
    let known = try writer.reader.caches(beginningWith: Self.prefix, as: InvoiceTemplate.self)
    var gone = Dictionary(known.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for template in templates {
      let before = gone.removeValue(forKey: template.id)
      guard before != template else { continue }
      try writer.setCache(Self.key(template.id), template, readAt: now)
      try wake(template.id, in: writer)
    }
    for var template in gone.values.sorted(by: { $0.id < $1.id }) where template.isActive {
      template.isActive = false
      try writer.setCache(Self.key(template.id), template, readAt: now)
      try wake(template.id, in: writer)
    }
    try writer.setCache(Self.readKey, "done", readAt: now)
  }

  private func wake(_ id: ID<InvoiceTemplate>, in writer: SnapshotWriter) throws {
    let subject = Subject(
      system: environment.systems.accounting.name, kind: .template, id: id.rawValue)
    for stored in try writer.reader.links(of: subject) where stored.link.role == .template {
      try writer.markDirty(stored.link.left, because: "repeating invoice changed")
    }
  }
}
