import Domain

/// Where an organisation keeps what was sold with a deal: Zoho has no one place for it.
enum ZohoLineSource: Hashable, Sendable {
  /// One line from the deal's amount.
  case amount
  /// The rows of the deal's quote or sales order.
  case quotes, salesOrders
  /// Products linked to the deal: one of each, at its list price.
  case products
  /// A subform of the deal, by its API name, with its columns.
  case subform(String, ZohoColumns)

  private static let words = ["quotes", "sales_orders", "products", "subform", "amount"]

  init(_ settings: ConnectionSettings) throws(ConnectorSetupError) {
    let word = settings.options[ZohoOption.lineItems]
    let subform = settings.options[ZohoOption.lineSubform]
    switch word?.value ?? (subform == nil ? "quotes" : "subform") {
    case "amount": self = .amount
    case "quotes": self = .quotes
    case "sales_orders": self = .salesOrders
    case "products": self = .products
    case "subform":
      guard let subform, !subform.value.isEmpty else {
        throw ConnectorSetupError(
          system: settings.name, origin: word?.origin ?? settings.origin,
          message: "line_items is subform and no subform is named",
          remedy: "set line_subform to the API name of the deals' subform")
      }
      self = .subform(subform.value, try ZohoColumns(settings))
    default:
      throw ConnectorSetupError(
        system: settings.name, origin: word?.origin ?? settings.origin,
        message: "line_items is none of \(Self.words.joined(separator: ", "))",
        remedy: "set line_items to where the deals' products are kept")
    }
  }

  /// The module whose records hold the rows, where it is not the deal itself.
  var module: ZohoModule? {
    switch self {
    case .quotes: .quotes
    case .salesOrders: .salesOrders
    case .amount, .products, .subform: nil
    }
  }

  /// The field of a quote or an order that tells how far it is.
  var stageField: String { self == .salesOrders ? "Status" : "Quote_Stage" }

  /// Whether the rows cost a call for each deal.
  var readsEachDeal: Bool {
    switch self {
    case .products, .subform: true
    case .amount, .quotes, .salesOrders: false
    }
  }
}

/// The columns of a subform, by what they hold.
struct ZohoColumns: Hashable, Sendable {
  /// The usual API names, in the order they are tried.
  private static let usual: [String: [String]] = [
    "name": ["Product_Name", "Product", "Item_Name", "Item", "Name1", "Description"],
    "quantity": ["Quantity", "Qty"],
    "price": ["List_Price", "Unit_Price", "Price", "Rate"],
    "discount": ["Discount"], "description": ["Description"],
    "tax": ["Line_Tax", "Tax"], "sku": ["Product_Code", "SKU"],
  ]

  private var chosen: [String: String] = [:]

  /// The columns an inventory record has.
  init() {}

  /// `name=Item, quantity=Qty`: what is left out is looked for under its usual names.
  init(_ settings: ConnectionSettings) throws(ConnectorSetupError) {
    guard let text = settings.options[ZohoOption.lineColumns] else { return }
    for pair in text.value.split(separator: ",") {
      let sides = pair.split(separator: "=").map { $0.filter { !$0.isWhitespace } }
      guard sides.count == 2, Self.usual[sides[0]] != nil else {
        throw ConnectorSetupError(
          system: settings.name, origin: text.origin ?? settings.origin,
          message: "line_columns cannot be read at “\(pair)”",
          remedy: "write it as name=Column, quantity=Column; known are"
            + " \(Self.usual.keys.sorted().joined(separator: ", "))")
      }
      chosen[sides[0]] = sides[1]
    }
  }

  func value(_ what: String, of row: ZohoRecord) -> WireValue? {
    let names = chosen[what].map { [$0] } ?? Self.usual[what] ?? []
    return names.lazy.compactMap { row[$0] }.first { !$0.isEmpty }
  }
}
