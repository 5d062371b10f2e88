/// Paths as plain text; nothing here looks at the disk.
enum Paths {
  static func absolute(_ path: String, from directory: String) -> String {
    normal(path.hasPrefix("/") ? path : directory + "/" + path)
  }

  /// Without `.`, `..` and doubled slashes.
  static func normal(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { parts = parts.dropLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  static func directory(of path: String) -> String {
    let parts = normal(path).split(separator: "/").dropLast()
    return "/" + parts.joined(separator: "/")
  }
}
