package import Domain
package import Foundation

/// Reads a YAML file that is no configuration: the description of a connector, or the answers
/// recorded beside it. Its meaning is known elsewhere; its places are kept.
package enum DescriptionFile {
  /// - Throws: what is wrong with the text or its syntax, with line and column.
  package static func read(
    _ data: Data, path: String
  ) throws(ConfigurationErrors) -> DocumentNode {
    var reader = YAMLReader(try SourceText(data, file: path))
    return node(try reader.tree())
  }

  private static func node(_ tree: Tree) -> DocumentNode {
    switch tree.content {
    case .scalar(let text, let isQuoted):
      DocumentNode(.scalar(text, isQuoted: isQuoted), at: tree.origin)
    case .list(let items): DocumentNode(.list(items.map(node)), at: tree.origin)
    case .mapping(let entries):
      DocumentNode(
        .mapping(
          entries.map {
            DocumentNode.Member(
              key: $0.key, origin: $0.origin, value: node($0.value), isDuplicate: $0.isDuplicate)
          }), at: tree.origin)
    }
  }
}
