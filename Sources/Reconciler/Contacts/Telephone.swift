internal import Domain

/// Telephone numbers as E.164 where the region is known, with what was dialled after them.
enum Telephone {
  /// `+6491234567`, with `;12` for an extension. A text that is no number stands for itself, so
  /// that "call Bob" and "call Ann" differ.
  static func key(_ text: String, region: String) -> String {
    let clean = PartyText.clean(text)
    guard !clean.isEmpty else { return "" }
    let (main, extra) = split(clean.lowercased())
    let digits = main.filter { $0.isASCII && $0.isNumber }
    let isNumber = main.allSatisfy { ($0.isASCII && $0.isNumber) || "+-.()/ \u{A0}–".contains($0) }
    guard isNumber, digits.count >= 5 else { return clean.lowercased() }
    let suffix = extra.isEmpty ? "" : ";" + extra
    return international(main, digits, region: region) + suffix
  }

  private static func international(_ text: String, _ digits: String, region: String) -> String {
    if text.first(where: { $0 != " " && $0 != "(" }) == "+" { return "+" + afterCode(digits) }
    if digits.hasPrefix("00") { return "+" + afterCode(String(digits.dropFirst(2))) }
    guard let plan = plans[region.uppercased()] else { return digits }
    if plan.trunk == "1", digits.count == 11, digits.hasPrefix("1") { return "+" + digits }
    let isTrunk = !plan.trunk.isEmpty && digits.hasPrefix(plan.trunk)
    if !isTrunk, digits.hasPrefix(plan.code), digits.count > plan.code.count + 7 {
      return "+" + digits
    }
    return "+" + plan.code + (isTrunk ? String(digits.dropFirst(plan.trunk.count)) : digits)
  }

  /// `+64 (0)9 123` is written by people who mean `+64 9 123`.
  private static func afterCode(_ digits: String) -> String {
    for length in 1...3 {
      let code = String(digits.prefix(length))
      guard let plan = byCode[code], plan.trunk == "0" else { continue }
      let rest = digits.dropFirst(length)
      return rest.hasPrefix("0") ? code + rest.dropFirst() : digits
    }
    return digits
  }

  /// The number and the digits of its extension.
  private static func split(_ text: String) -> (String, String) {
    for word in ["extension", "ext.", "ext", "x", "#"] {
      guard let range = text.firstRange(of: word) else { continue }
      let tail = text[range.upperBound...].filter { $0 != " " && $0 != "." && $0 != ":" }
      let head = text[..<range.lowerBound]
      if !tail.isEmpty, tail.allSatisfy({ $0.isASCII && $0.isNumber }),
        head.contains(where: \.isNumber)
      {
        return (String(head), String(tail))
      }
    }
    return (text, "")
  }

  private struct NumberPlan {
    var code: String
    /// Dialled before a national number, and left out after the country's code.
    var trunk: String
  }

  private static let plans: [String: NumberPlan] = {
    var plans: [String: NumberPlan] = [:]
    for entry in table.split(whereSeparator: \.isWhitespace) {
      let parts = entry.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3 else { continue }
      plans[parts[0]] = NumberPlan(code: parts[1], trunk: parts[2])
    }
    return plans
  }()

  private static let byCode: [String: NumberPlan] = {
    var plans: [String: NumberPlan] = [:]
    for plan in Telephone.plans.values where plans[plan.code] == nil || plan.trunk == "0" {
      plans[plan.code] = plan
    }
    return plans
  }()

  private static let table = """
    AE:971:0 AR:54:0 AT:43:0 AU:61:0 BD:880:0 BE:32:0 BG:359:0 BR:55:0 CA:1:1 CH:41:0 CK:682:
    CL:56: CN:86:0 CO:57: CY:357: CZ:420: DE:49:0 DK:45: EE:372: EG:20:0 ES:34: FI:358:0 FJ:679:
    FR:33:0 GB:44:0 GG:44:0 GR:30: HK:852: HR:385:0 HU:36:06 ID:62:0 IE:353:0 IL:972:0 IM:44:0
    IN:91:0 IS:354: IT:39: JE:44:0 JP:81:0 KE:254:0 KR:82:0 LK:94:0 LT:370:8 LU:352: LV:371:
    MO:853: MT:356: MU:230: MX:52: MY:60:0 NC:687: NG:234:0 NL:31:0 NO:47: NZ:64:0 PF:689: PG:675:
    PH:63:0 PK:92:0 PL:48: PT:351: QA:974: RO:40:0 RS:381:0 SA:966:0 SB:677: SE:46:0 SG:65: SI:386:0
    SK:421:0 TH:66:0 TO:676: TR:90:0 TW:886:0 UA:380:0 US:1:1 VN:84:0 VU:678: WS:685: ZA:27:0
    """
}
