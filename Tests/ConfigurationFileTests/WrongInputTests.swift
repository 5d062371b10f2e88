import ConfigurationFile
import Domain
import Foundation
import Testing

/// One wrong file of `wrong-inputs.txt`.
struct WrongInput: CustomTestStringConvertible, Sendable {
  var title: String
  var input: String
  var expected: String

  var testDescription: String { title }

  /// The file as it is given to the loader. `---%` stands for a line `---`.
  var file: String {
    let text = input.replacing("---%\n", with: "---\n")
    return title.hasPrefix("append") ? World.base + text : text
  }

  static func parse(_ text: String) -> (head: String, cases: [WrongInput]) {
    let blocks = text.components(separatedBy: "\n=== ")
    let cases = blocks.dropFirst().map { block -> WrongInput in
      let lines = block.components(separatedBy: "\n")
      let divider = lines.firstIndex(of: "---") ?? lines.endIndex
      let expected = lines[min(divider + 1, lines.endIndex)...].filter { !$0.isEmpty }
      return WrongInput(
        title: lines[0], input: lines[1..<divider].joined(separator: "\n") + "\n",
        expected: expected.joined(separator: "\n"))
    }
    return (blocks[0], cases)
  }

  static let all: [WrongInput] =
    parse((try? Fixture.text("wrong-inputs.txt")) ?? "").cases
}

@Suite struct WrongInputTests {
  @Test func theTableIsThere() { #expect(WrongInput.all.count > 40) }

  @Test(arguments: WrongInput.all)
  func everyProblemIsNamedWithPlaceAndRemedy(_ wrong: WrongInput) {
    guard !Fixture.isRecording else { return }
    #expect(World.messages(wrong.file) == wrong.expected)
  }

  @Test(.enabled(if: Fixture.isRecording)) func record() throws {
    let (head, cases) = WrongInput.parse(try Fixture.text("wrong-inputs.txt"))
    let blocks = cases.map { wrong in
      "=== \(wrong.title)\n\(wrong.input)---\n\(World.messages(wrong.file))"
    }
    try Fixture.expect(([head] + blocks).joined(separator: "\n") + "\n", equals: "wrong-inputs.txt")
  }

  @Test(arguments: WrongInput.all)
  func noMessageHoldsASecret(_ wrong: WrongInput) {
    let messages = World.messages(wrong.file)
    for secret in ["s3cr3t-value", "t0ken-value", "user:word"] {
      #expect(!messages.contains(secret))
    }
  }
}
