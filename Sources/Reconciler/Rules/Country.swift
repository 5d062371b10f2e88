/// Countries as people and systems write them: by ISO 3166 code or by name.
enum Country {
  /// Every way to write the country of `text`: as given, its code, its names. Unknown texts
  /// stand for themselves.
  static func names(of text: String) -> [String] {
    let key = text.lowercased()
    guard let all = index[key] else { return [text] }
    return [text] + all
  }

  /// The ISO code of a country's name or code; nil when unknown.
  static func code(of text: String) -> String? { index[text.lowercased()]?.first }

  /// By lower-case code or name: the code, then the names.
  private static let index: [String: [String]] = {
    var index: [String: [String]] = [:]
    for row in table.split(separator: "\n") {
      let names = [String(row.prefix(2))] + row.dropFirst(3).split(separator: ";").map(String.init)
      for name in names { index[name.lowercased()] = names }
    }
    return index
  }()

  private static let table = """
    AD Andorra
    AE United Arab Emirates;UAE
    AF Afghanistan
    AG Antigua and Barbuda
    AL Albania
    AM Armenia
    AO Angola
    AR Argentina
    AT Austria;Österreich
    AU Australia;AUS
    AZ Azerbaijan
    BA Bosnia and Herzegovina
    BB Barbados
    BD Bangladesh
    BE Belgium;Belgique;België
    BF Burkina Faso
    BG Bulgaria
    BH Bahrain
    BI Burundi
    BJ Benin
    BM Bermuda
    BN Brunei
    BO Bolivia
    BR Brazil;Brasil
    BS Bahamas;The Bahamas
    BT Bhutan
    BW Botswana
    BY Belarus
    BZ Belize
    CA Canada;CAN
    CD Congo (DRC)
    CG Congo
    CH Switzerland;Schweiz;Suisse
    CI Ivory Coast;Côte d’Ivoire
    CK Cook Islands
    CL Chile
    CM Cameroon
    CN China
    CO Colombia
    CR Costa Rica
    CU Cuba
    CV Cape Verde
    CY Cyprus
    CZ Czech Republic;Czechia
    DE Germany;Deutschland
    DJ Djibouti
    DK Denmark;Danmark
    DM Dominica
    DO Dominican Republic
    DZ Algeria
    EC Ecuador
    EE Estonia
    EG Egypt
    ER Eritrea
    ES Spain;España
    ET Ethiopia
    FI Finland;Suomi
    FJ Fiji
    FM Micronesia
    FR France
    GA Gabon
    GB United Kingdom;UK;Great Britain;England;Scotland;Wales;Northern Ireland;GBR
    GD Grenada
    GE Georgia
    GG Guernsey
    GH Ghana
    GI Gibraltar
    GM Gambia
    GN Guinea
    GR Greece
    GT Guatemala
    GY Guyana
    HK Hong Kong
    HN Honduras
    HR Croatia
    HT Haiti
    HU Hungary
    ID Indonesia
    IE Ireland;Republic of Ireland;Éire
    IL Israel
    IM Isle of Man
    IN India
    IQ Iraq
    IR Iran
    IS Iceland
    IT Italy;Italia
    JE Jersey
    JM Jamaica
    JO Jordan
    JP Japan
    KE Kenya
    KG Kyrgyzstan
    KH Cambodia
    KI Kiribati
    KM Comoros
    KN Saint Kitts and Nevis
    KR South Korea;Korea;Republic of Korea
    KW Kuwait
    KY Cayman Islands
    KZ Kazakhstan
    LA Laos
    LB Lebanon
    LC Saint Lucia
    LI Liechtenstein
    LK Sri Lanka
    LR Liberia
    LS Lesotho
    LT Lithuania
    LU Luxembourg
    LV Latvia
    LY Libya
    MA Morocco
    MC Monaco
    MD Moldova
    ME Montenegro
    MG Madagascar
    MH Marshall Islands
    MK North Macedonia
    ML Mali
    MM Myanmar
    MN Mongolia
    MO Macau;Macao
    MR Mauritania
    MT Malta
    MU Mauritius
    MV Maldives
    MW Malawi
    MX Mexico;México
    MY Malaysia
    MZ Mozambique
    NA Namibia
    NC New Caledonia
    NE Niger
    NG Nigeria
    NI Nicaragua
    NL Netherlands;The Netherlands;Nederland;Holland
    NO Norway;Norge
    NP Nepal
    NR Nauru
    NU Niue
    NZ New Zealand;Aotearoa;NZL
    OM Oman
    PA Panama
    PE Peru
    PF French Polynesia
    PG Papua New Guinea
    PH Philippines
    PK Pakistan
    PL Poland;Polska
    PR Puerto Rico
    PT Portugal
    PW Palau
    PY Paraguay
    QA Qatar
    RO Romania
    RS Serbia
    RU Russia;Russian Federation
    RW Rwanda
    SA Saudi Arabia
    SB Solomon Islands
    SC Seychelles
    SD Sudan
    SE Sweden;Sverige
    SG Singapore
    SI Slovenia
    SK Slovakia
    SL Sierra Leone
    SM San Marino
    SN Senegal
    SO Somalia
    SR Suriname
    ST São Tomé and Príncipe
    SV El Salvador
    SY Syria
    SZ Eswatini;Swaziland
    TC Turks and Caicos Islands
    TD Chad
    TG Togo
    TH Thailand
    TJ Tajikistan
    TL Timor-Leste
    TM Turkmenistan
    TN Tunisia
    TO Tonga
    TR Turkey;Türkiye
    TT Trinidad and Tobago
    TV Tuvalu
    TW Taiwan
    TZ Tanzania
    UA Ukraine
    UG Uganda
    US United States;United States of America;USA;U.S.;U.S.A.;America
    UY Uruguay
    UZ Uzbekistan
    VC Saint Vincent and the Grenadines
    VE Venezuela
    VG British Virgin Islands
    VN Vietnam;Viet Nam
    VU Vanuatu
    WS Samoa
    XK Kosovo
    YE Yemen
    ZA South Africa
    ZM Zambia
    ZW Zimbabwe
    """
}
