import Sandbox
import Testing

@Suite("Zoho sandbox: writes")
struct ZohoWriteTests {
  @Test(
    "each row is judged by itself, and the status tells whether they fared alike",
    arguments: [
      (["A", "B"], 201), (["A", ""], 207), (["", ""], 202), ([""], 400),
    ] as [([String], Int)])
  func partial(_ names: [String], _ status: Int) {
    var client = ZohoClient()
    let rows = names.map { JSONValue.object(["Account_Name": .string($0)]) }
    let codes = client.codes("POST", "/Accounts", .array(rows), status: status)
    #expect(codes == names.map { $0.isEmpty ? "MANDATORY_NOT_FOUND" : "SUCCESS" })
  }

  @Test("values are checked by type; unknown names are dropped without a word")
  func values() {
    var client = ZohoClient()
    let id = client.deal()
    let wrong: [JSONValue.Object] = [
      ["Amount": "12"], ["Closing_Date": "tomorrow"], ["Stage": "Nowhere"], ["Deal_Name": .null],
      ["Owner": ["id": "5725767000000411904"]], ["Account_Name": ["id": "1"]],
      ["Xero_due_date": "2026-13-01"], ["Deal_Name": .string(String(repeating: "x", count: 121))],
    ]
    for row in wrong {
      let codes = client.codes("PUT", "/Deals/\(id)", [.object(row)], status: 400)
      #expect(
        codes == [row["Deal_Name"]?.isNull == true ? "MANDATORY_NOT_FOUND" : "INVALID_DATA"],
        "\(row)")
    }
    let answer = client.json(
      "PUT", "/Deals",
      [
        "data": [
          ["id": .string(id), "Amount": .number("12.345"), "Unheard_Of": 1, "Modified_Time": "x"]
        ]
      ])
    #expect(answer["data"]?[0]?["details"]?["id"]?.string == id)
    let record = client.json("GET", "/Deals/\(id)")["data"]?[0]
    #expect(record?["Amount"]?.digits == "12.35")
    #expect(record?["Unheard_Of"] == nil)
  }

  @Test("unique fields refuse a second record and name the first; an upsert updates it")
  func unique() {
    var client = ZohoClient()
    client.control("create_field", ["type": "Accounts", "name": "Key", "unique": true])
    func row(_ name: String) -> JSONValue {
      [["Account_Name": .string(name), "Key": "k-1"]]
    }
    #expect(client.codes("POST", "/Accounts", row("A"), status: 201) == ["SUCCESS"])
    let second = client.json("POST", "/Accounts", ["data": row("B")], status: 400)["data"]?[0]
    #expect(second?["code"]?.string == "DUPLICATE_DATA")
    #expect(second?["details"]?["duplicate_record"]?["id"] != nil)
    let upsert = client.json(
      "POST", "/Accounts/upsert", ["data": row("C"), "duplicate_check_fields": ["Key"]])
    #expect(upsert["data"]?[0]?["action"]?.string == "update")
  }

  @Test("a locked record, one in a blueprint and one awaiting approval say so")
  func states() {
    var client = ZohoClient()
    for (flag, code) in [
      ("locked", "RECORD_LOCKED"), ("blueprint", "RECORD_IN_BLUEPRINT"),
      ("needs_approval", "NOT_APPROVED"),
    ] {
      let id = client.deal()
      var body: JSONValue.Object = ["type": "Deals", "id": .string(id)]
      body[flag] = true
      client.control("mark", .object(body))
      let codes = client.codes("PUT", "/Deals/\(id)", [["Stage": "Paid"]], status: 400)
      #expect(codes == [code])
    }
  }

  @Test("a quote computes its rows and sums")
  func quotes() {
    var client = ZohoClient()
    client.control(
      "create_deal",
      [
        "name": "A", "discount": "10", "adjustment": "0.5",
        "lines": [
          ["name": "X", "quantity": "3", "price": "10", "discount_amount": "5.9", "tax": "GST"],
          ["name": "Y", "quantity": "1", "price": "100", "discount_percentage": "10"],
        ],
      ])
    let id = client.query("select id from Quotes where Subject = 'A'").first?["id"]?.string ?? ""
    let quote = client.json("GET", "/Quotes/\(id)")["data"]?[0]
    let rows = quote?["Quoted_Items"]?.array ?? []
    #expect(rows.map { $0["Total_After_Discount"]?.decimal?.description } == ["24.1", "90"])
    #expect(rows[0]["Line_Tax"]?[0]?["value"]?.decimal?.description == "3.62")
    #expect(rows[1]["Discount"]?.string == "10%")
    #expect(quote?["Sub_Total"]?.decimal?.description == "117.72")
    #expect(quote?["Grand_Total"]?.decimal?.description == "108.22")
    #expect(quote?["Deal_Name"]?["name"]?.string == "A")
  }

  @Test("fields are made five at a time, and never twice under one label")
  func fields() {
    var client = ZohoClient()
    func body(_ names: [String]) -> JSONValue {
      [
        "fields": .array(
          names.map { ["field_label": .string($0), "data_type": "text", "length": 100] })
      ]
    }
    client.json("POST", "/settings/fields?module=Deals", body(["A b", "C"]), status: 201)
    client.json("POST", "/settings/fields?module=Deals", body(["a B"]), status: 400)
    client.json(
      "POST", "/settings/fields?module=Deals", body((0..<6).map { "F\($0)" }), status: 400)
    let fields = client.json("GET", "/settings/fields?module=Deals")["fields"]?.array ?? []
    let made = fields.first { $0["field_label"]?.string == "A b" }
    #expect(made?["api_name"]?.string == "A_b")
    #expect(made?["custom_field"]?.bool == true)
    let won = fields.first { $0["api_name"]?.string == "Stage" }?["pick_list_values"]?.array?
      .first { $0["actual_value"]?.string == "Closed Won" }
    #expect(won?["forecast_type"]?.string == "Closed Won")
  }

  @Test("a merge deletes the loser and repoints what named it")
  func merge() {
    var client = ZohoClient()
    let (loser, survivor) = (client.deal("A", ["lines": [["name": "X"]]]), client.deal("B"))
    client.json(
      "POST", "/Deals/\(survivor)/actions/merge",
      ["merge": [["data": [["id": .string(loser)]]]]], status: 201)
    #expect(client.ids("/Deals?fields=Deal_Name") == [survivor])
    #expect(client.ids("/Deals/deleted?type=all") == [loser])
    #expect(client.query("select id from Quotes where Deal_Name = '\(survivor)'").count == 1)
  }
}
