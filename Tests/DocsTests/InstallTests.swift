import Foundation
import Testing

/// The files of Docs/install: the command lines in them are understood, and each is described.
@Suite struct InstallTests {
  private static let folder = "Docs/install"
  private static let names = [
    "Dockerfile", "kubernetes.yaml", "xerosync.cron", "xerosync.logrotate", "xerosync.service",
    "xerosync.timer",
  ]

  private func lines(_ name: String) throws -> [String] {
    try Project.text("\(Self.folder)/\(name)").split(separator: "\n").map(String.init)
  }

  private func understood(_ words: [String], _ place: String) {
    let problem = CommandLine(place: place, words: words).problem(isProse: false)
    #expect(problem == nil, "\(place): xerosync \(words.joined(separator: " ")): \(problem ?? "")")
  }

  @Test func allAreThereAndNamed() throws {
    let found = Project.files(in: Self.folder, ending: "")
    #expect(found == Self.names)
    let page = try Project.text("Docs/operations.md")
    for name in Self.names { #expect(page.contains("install/\(name)"), "\(name) is not named") }
  }

  @Test func serviceRunsAPass() throws {
    let starts = try lines("xerosync.service").filter { $0.hasPrefix("ExecStart=") }
    #expect(starts.count == 1)
    for line in starts {
      let words = line.dropFirst("ExecStart=".count).split(separator: " ").map(String.init)
      #expect(words.first == "/usr/bin/xerosync")
      understood(Array(words.dropFirst()), "xerosync.service")
    }
  }

  @Test func cronLines() throws {
    let jobs = try lines("xerosync.cron").filter { $0.contains("/usr/bin/xerosync") }
    #expect(jobs.count == 2)
    for line in jobs {
      let fields = line.split(separator: " ", maxSplits: 5).map(String.init)
      #expect(fields.count == 6)
      #expect(fields[0...4].allSatisfy { $0.allSatisfy { "0123456789*/-,".contains($0) } })
      #expect(fields[5].hasPrefix("xerosync "), "the user of /etc/cron.d")
      let command = try #require(line.components(separatedBy: "/usr/bin/xerosync ").last)
      understood(command.split(separator: " ").map(String.init), "xerosync.cron")
    }
  }

  @Test func dockerfileRunsAPass() throws {
    func words(_ key: String) throws -> [String] {
      let line = try #require(lines("Dockerfile").first { $0.hasPrefix(key + " ") })
      return try JSONDecoder().decode([String].self, from: Data(line.dropFirst(key.count).utf8))
    }
    let entry = try words("ENTRYPOINT")
    #expect(entry.first == "/usr/bin/xerosync")
    understood(Array(entry.dropFirst()) + (try words("CMD")), "Dockerfile")
    let user = try lines("Dockerfile").last { $0.hasPrefix("USER ") }
    #expect(user != nil && user != "USER root" && user != "USER 0")
  }

  @Test func podsRunTheirShard() throws {
    let all = try lines("kubernetes.yaml").map { $0.trimmingCharacters(in: .whitespaces) }
    let start = try #require(all.firstIndex(of: "args:"))
    let words = all[(start + 1)...].prefix { $0.hasPrefix("- ") }
      .map { String($0.dropFirst(2)).replacing("$(JOB_COMPLETION_INDEX)", with: "0") }
    #expect(words.contains("run"))
    understood(words, "kubernetes.yaml")
    let completions = all.first { $0.hasPrefix("completions:") }?.split(separator: " ").last
    #expect(words.contains("--shard=0/\(completions ?? "")"))
  }
}
