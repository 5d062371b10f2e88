import Domain
import Testing

struct SubjectRoundTripTests {
  @Test(arguments: ["1", "", "a:b", "hubspot:deal:1", " ", "\n"])
  func everySubjectIsReadAgain(id: String) {
    let subject = Subject(system: "hubspot", kind: .deal, id: id)
    #expect(Subject(subject.description) == subject)
  }
}
