import Matcher
import Testing

@Suite struct NormalisationTests {
  @Test(arguments: [
    ("Müller", "muller"), ("Jørgensen", "jorgensen"), ("Łódź", "lodz"), ("Straße", "strasse"),
    ("Τσιάκος Μεταφορές", "tsiakos metaphores"), ("Агро Їжак", "agro yizhak"),
    ("ＡＢＣ　１２", "abc 12"), ("Māori’s", "maori's"), ("Nguyễn", "nguyen"), ("ﬁnance", "finance"),
    ("e\u{301}tude", "etude"), ("株式会社", "株式会社"),
  ])
  func foldsScripts(text: String, expected: String) {
    #expect(Normalised.folded(text) == expected)
  }

  @Test(arguments: [
    ("Tui Media Limited", "media tui"), ("TUI MEDIA LTD.", "media tui"),
    ("Tui Media L.T.D.", "media tui"), ("The Tui Media", "media tui"),
    ("Tui Media, The Ltd", "media tui"), ("Smith & Sons", "smith sons"),
    ("Smith and Sons", "smith sons"), ("O'Brien Bros", "brothers obrien"),
    ("O’Brien Brothers", "brothers obrien"), ("Allied Eng Pty Ltd", "allied engineering"),
    ("Allied Engineering (NZ)", "allied engineering"), ("Lake Seafood - Accounts", "lake seafood"),
    ("Acme [duplicate]", "acme"), ("Acme - DO NOT USE", "acme"),
    ("E. K. A. Childcare", "childcare eka"),
    ("Adam Hammond T/A Rose Medical", "adam hammond | medical rose"),
    ("Brown Ltd trading as Wood Physio", "brown | physio wood"),
    ("Subway (Hamilton)", "subway | hamilton"), ("Winery A/S", "winery"),
    ("Trust", "trust"), ("Body Corp 214834", "214834 body corporate"),
    ("Company Co", "company"), ("Coastal Painters (Pty) Ltd - COD", "coastal painters"),
  ])
  func splitsNames(text: String, expected: String) {
    #expect(Normalised.name(text) == expected)
  }

  @Test(arguments: [
    ("Body Corporate 566228", ["566228"]), ("Maple Properties (No 2) Ltd", ["2"]),
    ("Maple Properties No. 3", ["3"]), ("Mayfield Group - No 4", ["4"]), ("Fund II", ["2"]),
    ("Jane Doe (2)", []), ("Tui Media", []),
  ])
  func findsNumbersInNames(text: String, expected: [String]) {
    #expect(Normalised.numbers(text) == expected)
  }

  @Test(arguments: [
    (" Info@Tui.CO.NZ ", ["info@tui.co.nz"]), ("a@b.nz; c@d.nz", ["a@b.nz", "c@d.nz"]),
    ("a@b.nz, a@b.nz", ["a@b.nz"]), ("jane+news@tui.nz", ["jane@tui.nz"]),
    ("j.doe@googlemail.com", ["jdoe@gmail.com"]), ("j.doe@tui.nz", ["j.doe@tui.nz"]),
    ("mailto:x.y@tui.nz", ["x.y@tui.nz"]), ("Jane <jane@tui.nz>", ["jane@tui.nz"]),
    ("na@na.com", []), ("none", []), ("@tui.nz", []), ("jane@localhost", []),
  ])
  func readsEmails(field: String, expected: [String]) {
    #expect(Normalised.emails(field) == expected)
  }

  @Test(arguments: [
    ("accounts.payable@tui.nz", true, false), ("jane@tui.nz", false, false),
    ("jane@gmail.com", false, true), ("info@xtra.co.nz", true, true),
    ("jane@yahoo.fr", false, true), ("rechnung@firma.de", true, false),
    ("jane@t-online.de", false, true), ("accounts2@tui.nz", true, false),
  ])
  func tellsRolesAndProviders(field: String, isRole: Bool, isFree: Bool) throws {
    let mailbox = try #require(Normalised.mailbox(field))
    #expect(mailbox.isRole == isRole)
    #expect(mailbox.isFree == isFree)
  }

  @Test(arguments: [
    ("09 555 0100", "NZ", "+6495550100"), ("(09) 555-0100", "NZ", "+6495550100"),
    ("+64 9 555 0100", "AU", "+6495550100"), ("0064 9 555 0100", "NZ", "+6495550100"),
    ("+64 (0)21 260 98483", "NZ", "+642126098483"), ("6495550100", "NZ", "+6495550100"),
    ("021 413 9489 extn 437", "NZ", "+64214139489"), ("027-060-7528 x535", "NZ", "+64270607528"),
    ("(212) 555-0147", "US", "+12125550147"), ("1 212 555 0147", "US", "+12125550147"),
    ("07745 809427", "GB", "+447745809427"), ("0412 345 678", "Australia", "+61412345678"),
  ])
  func readsPhones(text: String, country: String, expected: String) {
    #expect(Normalised.phone(text, country: country) == expected)
  }

  @Test(arguments: ["", "n/a", "000 000 0000", "123", "09 999 9999", "021 123 4567"])
  func refusesPlaceholderPhones(text: String) {
    #expect(Normalised.phone(text, country: "NZ") == nil)
  }

  @Test(arguments: [
    ("https://www.tui.co.nz/contact", "tui.co.nz"), ("shop.tui.co.nz", "tui.co.nz"),
    ("HTTP://TUI.com?x=1", "tui.com"), ("https://facebook.com/tuimedia/", "facebook.com/tuimedia"),
    ("sites.google.com/tuimedia", "sites.google.com/tuimedia"),
  ])
  func readsWebsites(text: String, expected: String) {
    #expect(Normalised.website(text) == expected)
  }

  @Test(arguments: ["facebook.com", "not a site", "jane@tui.nz", ""])
  func refusesWebsitesOfNobody(text: String) {
    #expect(Normalised.website(text) == nil)
  }

  @Test(arguments: [
    (["1 Queen St"], "1//qun/street/"), (["17/447 Edward St."], "447/17/edward/street/"),
    (["Unit 8", "442 King Road"], "442/8/king/road/"),
    (["Level 21, 7 Wong Hwy"], "7/21/wong/highway/"),
    (["78B Mill Pl"], "78/b/mil/place/"), (["Goethestr. 4"], "4//gothe/street/"),
    (["PO Box 19789"], "////19789"), (["P.O. Box 12-345"], "////12345"),
    (["Private Bag 92019"], "////92019"), (["12 rue de l'Église"], "12//deleglise/rue/"),
  ])
  func readsStreets(lines: [String], expected: String) {
    #expect(Normalised.street(lines) == expected)
  }

  @Test(arguments: [
    ("GB 202 2430 80", "202243080"), ("GB202243080", "202243080"), ("77-027-434", "77027434"),
    ("077-027-434", "77027434"), ("ABN 53 004 085 616", "53004085616"),
    ("275635604RT0001", "275635604"), ("IE3500479H", "3500479h"), ("DE 136 695 976", "136695976"),
    ("000000000", ""), ("123456789", ""), ("TBC", ""), ("111111111", ""),
  ])
  func readsTaxNumbers(text: String, expected: String) {
    #expect(Normalised.tax(text) == expected)
  }

  @Test(arguments: [
    ("53 004 085 616", "AU", true), ("53 004 085 617", "AU", false),
    ("49-091-850", "NZ", true), ("136-410-132", "NZ", true), ("136-410-133", "NZ", false),
    ("4006381333932", "NZ", false), ("4006381333931", "NZ", true),
    ("GB 980 7806 84", "GB", true), ("GB 980 7806 85", "GB", false),
    ("DE136695976", "DE", true), ("DE136695975", "DE", false),
  ])
  func checksTaxNumbers(text: String, country: String, expected: Bool) {
    #expect(Normalised.isTaxValid(text, country: country) == expected)
  }

  @Test func knowsNoCheckDigitForOtherRegisters() {
    #expect(Normalised.isTaxValid("12-3456789", country: "US") == nil)
  }
}
