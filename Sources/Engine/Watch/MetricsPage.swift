internal import Domain

/// The text format of Prometheus: one block for each metric, all of them gauges.
struct MetricsPage {
  let configuration: String
  private(set) var text = ""

  init(configuration: String) { self.configuration = configuration }

  /// Samples by their labels; a metric without samples is left out.
  mutating func add(_ name: String, _ help: String, _ samples: [([String: String], String)]) {
    guard !samples.isEmpty else { return }
    text += "# HELP xerosync_\(name) \(help)\n# TYPE xerosync_\(name) gauge\n"
    for (labels, value) in samples {
      let all = labels.merging(["configuration": configuration]) { own, _ in own }
      let written = all.sorted { $0.key < $1.key }
        .map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
      text += "xerosync_\(name){\(written)} \(value)\n"
    }
  }

  mutating func add(_ name: String, _ help: String, number: Int) {
    add(name, help, [([:], String(number))])
  }

  mutating func add(_ name: String, _ help: String, seconds: Instant?) {
    guard let seconds else { return }
    add(name, help, [([:], Self.seconds(seconds))])
  }

  mutating func add(_ name: String, _ help: String, milliseconds: Int64) {
    add(name, help, [([:], Self.decimal(milliseconds))])
  }

  mutating func add(_ name: String, _ help: String, bySystem values: [SystemName: Int]) {
    add(
      name, help,
      values.sorted { $0.key < $1.key }.map { (["system": $0.key.rawValue], String($0.value)) })
  }

  static func seconds(_ instant: Instant) -> String { decimal(instant.milliseconds) }

  /// Thousandths as a decimal number.
  private static func decimal(_ milliseconds: Int64) -> String {
    let size = milliseconds.magnitude
    let fraction = String(1000 + size % 1000).dropFirst()
    return "\(milliseconds < 0 ? "-" : "")\(size / 1000).\(fraction)"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
