internal import Matcher

/// Which headings mean what: our own, the accounting system's flat ones, and those of the contact
/// exports people have at hand. Compared without letter case, blanks and punctuation.
enum PartyHeadings {
  /// What a column holds.
  enum Meaning: Hashable {
    /// A lower rank wins where several columns could be the id.
    case id(rank: Int)
    case kind, firstName, lastName, email, website, taxNumber, accountNumber, status
    case name(MatchRecord.Kind)
    /// The record's own name, or a person's company: the other columns decide.
    case organization
    case company
    case phone
    /// A number in parts: country code, area code, number.
    case phonePart(line: String, part: Int)
    case address(place: Int, AddressPart)
  }

  enum AddressPart: Hashable {
    case street, street2, city, region, postcode, country
    case house, road, unit
  }

  /// The heading's meaning; nil for one that says nothing to us.
  static func meaning(_ heading: String) -> Meaning? {
    for (prefix, kind) in prefixes where heading.lowercased().hasPrefix(prefix) {
      return prefixed(String(heading.dropFirst(prefix.count)), kind)
    }
    return table[key(heading)]
  }

  private static let prefixes: [(String, MatchRecord.Kind)] = [
    ("organization - ", .organization), ("organisation - ", .organization),
    ("person - ", .person),
  ]

  private static func prefixed(_ rest: String, _ kind: MatchRecord.Kind) -> Meaning? {
    switch table[key(rest)] {
    case .name: .name(kind)
    case .id: .id(rank: kind == .person ? 1 : 2)
    case let other: other
    }
  }

  static func key(_ heading: String) -> String {
    String(
      String.UnicodeScalarView(
        heading.lowercased().unicodeScalars.filter {
          $0.properties.isAlphabetic || $0.properties.numericType != nil
        }))
  }

  private static let table: [String: Meaning] = {
    var table: [String: Meaning] = [:]
    func add(_ meaning: Meaning, _ names: String) {
      for name in names.split(separator: " ") { table[String(name)] = meaning }
    }
    add(.id(rank: 0), "id")
    add(.id(rank: 1), "contactid recordid recordidcontact recordidcompany personid leadid")
    add(.id(rank: 2), "customerid organizationid organisationid")
    // In an export of people this is their employer's.
    add(.id(rank: 3), "companyid accountid")
    add(.kind, "kind recordkind partykind")
    add(.name(.unknown), "name contactname displayname customername")
    add(.name(.person), "fullname")
    add(
      .organization,
      "companyname accountname organizationname organisationname organization organisation "
        + "businessname associatedcompany primaryassociatedcompany")
    add(.company, "company employer companyoraccount companyaccount")
    add(.firstName, "firstname givenname contactfirstname")
    add(.lastName, "lastname surname familyname contactlastname")
    add(
      .email,
      "email emailaddress email1 email2 email3 primaryemail secondaryemail workemail emailwork "
        + "emailhome emailother otheremail contactemail billingemail additionalemailaddresses "
        + "additionalemails")
    add(
      .phone,
      "phone phonenumber telephone telephonenumber mainphone businessphone workphone homephone "
        + "otherphone phonework phonehome phoneother phonemobile directphone phonedirect "
        + "ddinumber directdial companyphone accountphone mobile mobilephone mobilenumber "
        + "mobilephonenumber cell cellphone")
    add(.website, "website websiteurl url web companydomainname domain domainname homepage")
    add(
      .taxNumber,
      "taxnumber vatnumber vat vatid taxid taxidnumber taxregistrationnumber gstnumber gstin "
        + "abn nzbn ein")
    add(.accountNumber, "accountnumber accountno customernumber")
    add(.status, "contactstatus")
    for line in ["default", "mobile", "ddi"] {
      for (part, name) in ["countrycode", "areacode", "number"].enumerated() {
        table["phone" + line + name] = .phonePart(line: line, part: part)
      }
    }
    for (place, prefix) in places {
      for (name, part) in parts where table[prefix + name] == nil {
        table[prefix + name] = .address(place: place, part)
      }
    }
    return table
  }()

  /// Where an address is: a place of its own for each, so that no two are mixed up.
  private static let places: [(Int, String)] = [
    (0, ""), (0, "street"), (0, "sa"), (0, "billing"), (0, "mailing"), (0, "primary"),
    (1, "pobox"), (1, "po"), (1, "shipping"), (1, "other"), (1, "delivery"),
  ]

  private static let parts: [(String, AddressPart)] = [
    ("street", .street), ("street1", .street), ("streetaddress", .street), ("address", .street),
    ("address1", .street), ("addressline1", .street), ("streetaddress1", .street),
    ("fullcombinedaddressofaddress", .street), ("street2", .street2), ("address2", .street2),
    ("addressline2", .street2), ("addressline3", .street2), ("addressline4", .street2),
    ("streetaddress2", .street2), ("suburb", .street2),
    ("districtsublocalityofaddress", .street2), ("city", .city), ("town", .city),
    ("citytownvillagelocalityofaddress", .city), ("region", .region), ("state", .region),
    ("stateregion", .region), ("stateprovince", .region), ("province", .region),
    ("county", .region), ("statecountyofaddress", .region), ("stateofaddress", .region),
    ("postcode", .postcode), ("postalcode", .postcode), ("zip", .postcode),
    ("code", .postcode), ("zipcode", .postcode), ("zippostalcode", .postcode),
    ("zippostalcodeofaddress", .postcode), ("postalzipcode", .postcode), ("country", .country),
    ("countryregion", .country), ("countryofaddress", .country), ("housenumberofaddress", .house),
    ("streetroadnameofaddress", .road), ("apartmentsuitenoofaddress", .unit),
    ("subpremiseofaddress", .unit),
  ]
}
