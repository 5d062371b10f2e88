/// Countries by name or code, with what telephone numbers need to know of them.
enum Countries {
  struct Country: Sendable {
    /// ISO 3166 two-letter code, lower case, as a number for quick comparison.
    let code: UInt16
    let dialling: Int
    /// The prefix dialled before the area code inside the country ("0"), if any.
    let trunk: String
  }

  static func code(_ letters: String) -> UInt16 {
    letters.utf8.prefix(2).reduce(0) { $0 << 8 | UInt16($1) }
  }

  private static let table: [(iso: String, dialling: Int, trunk: String, names: String)] = [
    ("nz", 64, "0", "nzl,new zealand,aotearoa,aotearoa new zealand,n z"),
    ("au", 61, "0", "aus,australia"),
    (
      "gb", 44, "0",
      "gbr,uk,united kingdom,great britain,england,scotland,wales,northern ireland,britain"
    ),
    ("us", 1, "", "usa,united states,united states of america,america"),
    ("ca", 1, "", "can,canada"), ("ie", 353, "0", "irl,ireland,republic of ireland,eire"),
    ("za", 27, "0", "zaf,rsa,south africa"), ("sg", 65, "", "sgp,singapore"),
    ("de", 49, "0", "deu,ger,germany,deutschland"), ("at", 43, "0", "aut,austria,osterreich"),
    ("ch", 41, "0", "che,switzerland,schweiz,suisse,svizzera"),
    ("fr", 33, "0", "fra,france"), ("it", 39, "", "ita,italy,italia"),
    ("es", 34, "", "esp,spain,espana"), ("pt", 351, "", "prt,portugal"),
    ("nl", 31, "0", "nld,netherlands,the netherlands,nederland,holland"),
    ("be", 32, "0", "bel,belgium,belgie,belgique"), ("lu", 352, "", "lux,luxembourg"),
    ("se", 46, "0", "swe,sweden,sverige"), ("no", 47, "", "nor,norway,norge"),
    ("dk", 45, "", "dnk,denmark,danmark"), ("fi", 358, "0", "fin,finland,suomi"),
    ("is", 354, "", "isl,iceland,island"), ("pl", 48, "", "pol,poland,polska"),
    ("cz", 420, "", "cze,czech republic,czechia,ceska republika,cesko"),
    ("sk", 421, "0", "svk,slovakia,slovensko"), ("hu", 36, "06", "hun,hungary,magyarorszag"),
    ("ro", 40, "0", "rou,romania"), ("bg", 359, "0", "bgr,bulgaria,balgariya,bulgariya"),
    ("gr", 30, "", "grc,greece,hellas,ellada,ellas"), ("hr", 385, "0", "hrv,croatia,hrvatska"),
    ("si", 386, "0", "svn,slovenia,slovenija"), ("rs", 381, "0", "srb,serbia,srbija"),
    ("ua", 380, "0", "ukr,ukraine,ukrayina,ukraina"), ("ru", 7, "8", "rus,russia,rossiya"),
    ("tr", 90, "0", "tur,turkey,turkiye"), ("il", 972, "0", "isr,israel"),
    ("ae", 971, "0", "are,uae,united arab emirates"), ("in", 91, "0", "ind,india,bharat"),
    ("cn", 86, "0", "chn,china,中国"), ("hk", 852, "", "hkg,hong kong"),
    ("tw", 886, "0", "twn,taiwan"), ("jp", 81, "0", "jpn,japan,日本"),
    ("kr", 82, "0", "kor,korea,south korea,republic of korea"), ("my", 60, "0", "mys,malaysia"),
    ("th", 66, "0", "tha,thailand"), ("vn", 84, "0", "vnm,vietnam,viet nam"),
    ("ph", 63, "0", "phl,philippines"), ("id", 62, "0", "idn,indonesia"),
    ("fj", 679, "", "fji,fiji"), ("ws", 685, "", "wsm,samoa"), ("to", 676, "", "ton,tonga"),
    ("mx", 52, "", "mex,mexico"), ("br", 55, "0", "bra,brazil,brasil"),
    ("ar", 54, "0", "arg,argentina"), ("cl", 56, "", "chl,chile"),
    ("ke", 254, "0", "ken,kenya"), ("ng", 234, "0", "nga,nigeria"), ("eg", 20, "0", "egy,egypt"),
    ("ee", 372, "", "est,estonia,eesti"), ("lv", 371, "", "lva,latvia,latvija"),
    ("lt", 370, "8", "ltu,lithuania,lietuva"), ("mt", 356, "", "mlt,malta"),
    ("cy", 357, "", "cyp,cyprus,kypros"),
  ]

  private static let byName: [[UInt8]: Country] = {
    var out: [[UInt8]: Country] = [:]
    for row in table {
      let country = Country(code: code(row.iso), dialling: row.dialling, trunk: row.trunk)
      out[Array(row.iso.utf8)] = country
      for name in row.names.split(separator: ",") { out[Array(name.utf8)] = country }
    }
    return out
  }()

  private static let byDialling: [Int: Country] = {
    var out: [Int: Country] = [:]
    for row in table where out[row.dialling] == nil {
      out[row.dialling] = Country(code: code(row.iso), dialling: row.dialling, trunk: row.trunk)
    }
    return out
  }()

  /// The country a name or code stands for, nil when it is none we know.
  static func find(_ text: String) -> Country? {
    if text.isEmpty { return nil }
    let words = Tokens.split(Fold.bytes(text))
    if let country = byName[Array(words.joined(separator: [0x20]))] { return country }
    return byName[Array(words.joined())]
  }

  static func find(dialling: Int) -> Country? { byDialling[dialling] }

  static func isCode(_ letters: some Collection<UInt8>) -> Bool { byName[Array(letters)] != nil }

  /// Splits a dialling code off international digits; nil when none fits.
  static func splitDialling(_ digits: ArraySlice<UInt8>) -> (Country, ArraySlice<UInt8>)? {
    var value = 0
    for length in 1...3 where digits.count > length + 3 {
      value = value * 10 + Int(digits[digits.startIndex + length - 1] - 0x30)
      if let country = byDialling[value] { return (country, digits.dropFirst(length)) }
    }
    return nil
  }
}
