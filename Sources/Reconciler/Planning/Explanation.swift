package import Domain

/// Why a deal has (or has not) an invoice: the facts, the rule, the decision, in order.
package struct Explanation: Hashable, Sendable {
  package var steps: [Step]

  /// One line of the reasoning.
  package struct Step: Hashable, Sendable {
    /// What it is about: `won`, `customer`, `tax`, ….
    package var topic: String
    package var text: String
    /// The place in the configuration that decided; nil for a default or a plain fact.
    package var origin: Origin?

    package init(topic: String, text: String, origin: Origin? = nil) {
      self.topic = topic
      self.text = text
      self.origin = origin
    }
  }

  package init(steps: [Step] = []) { self.steps = steps }

  /// The steps as a person reads them.
  package var lines: [String] {
    steps.map { step in
      "\(step.topic): \(step.text)" + (step.origin.map { " (\($0))" } ?? "")
    }
  }

  mutating func note(_ topic: String, _ text: String, _ origin: Origin? = nil) {
    steps.append(Step(topic: topic, text: text, origin: origin))
  }
}
