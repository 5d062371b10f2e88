import ConfigurationFile
import Domain
import Foundation
import Testing

@Suite struct ValueTests {
  @Test func defaultsAreThoseOfThePolicy() throws {
    let configuration = try World.loadBase()
    let date = try #require(CalendarDate("2026-11-01"))
    var policy = Policy(startDate: date)
    policy.crms["hubspot"] = CRMPolicy()
    #expect(configuration.policy == policy)
    #expect(configuration.limits == RunLimits())
    #expect(configuration.notify == NotifySettings())
    #expect(configuration.metrics == MetricsSettings())
    #expect(configuration.statePath == "/etc/xerosync/state/xerosync.sqlite")
    #expect(configuration.tokensPath == "/etc/xerosync/state/tokens.json")
    #expect(configuration.path == "xerosync.yaml")
  }

  @Test func theContractsSampleSaysWhatItSays() throws {
    let configuration = try World.load(try Fixture.text("every-key.yaml"))
    let policy = configuration.policy
    #expect(policy.zone == Zone("Pacific/Auckland"))
    #expect(configuration.accounting.name == "xero")
    #expect(configuration.accounting.organisation?.value == "Demo Company (NZ)")
    #expect(configuration.accounting.auth.flow.value == "authorization_code")
    #expect(configuration.accounting.auth.secrets["client_secret"]?.reveal() == "xero-secret")
    #expect(configuration.accounting.urls["login_url"]?.value == "https://login.xero.com")
    let crm = try #require(configuration.crms.first)
    #expect(crm.auth.secrets == ["access_token": SecretText("hubspot-token")])
    #expect(crm.fields["invoice_url"]?.value == "xero_invoice_url")
    let won = try #require(policy.crms["hubspot"]?.won.first)
    #expect(won == CRMPolicy.WonStage(pipeline: Sourced("default"), stage: Sourced("closedwon")))
    #expect(policy.invoices.tax?.value == "OUTPUT2")
    #expect(policy.invoices.tax?.origin?.line == 56)
    #expect(policy.rules.count == 4)
    #expect(
      policy.rules[1].conditions == [
        Condition(field: .crmTax, patterns: [Pattern("GST 15%")])
      ])
    let tracking = try #require(policy.rules[2].set.tracking?.first)
    #expect(tracking.category.value == "Region" && tracking.option.text == "{deal.pipeline}")
    #expect(policy.rules[3].set.due == .terms(.days(7)))
    #expect(policy.rules[3].set.status == .draft)
    #expect(configuration.notify.webhook?.secret?.reveal() == "hook-secret")
    #expect(
      configuration.notify.slack?.webhookURL.reveal()
        == "https://hooks.example.org/services/slack-secret")
  }

  @Test func everyInvoiceSetting() throws {
    let invoices = try World.loadBase(
      adding: """
        invoices:
          status: submitted
          number: "{crm}-{deal.number}"
          reference: "PO {deal.po_number}"
          date: run_date
          due: contact
          line_amounts: no_tax
          account: 0200
          without_line_items: hold
          send_email: true
          branding_theme: Services
          tracking: [{ category: Region, option: "{deal.pipeline}" }]
          amount_tolerance: 0.10
          on_deal_changed: flag
          on_deal_reopened: void_unpaid
          possible_duplicate: create
          create_items: true
          schedule:
            - { percent: 33.34, on: won }
            - { percent: 33.33, on: won+14 days }
            - { percent: 33.33, on: "won + 1 day" }
        """
    ).policy.invoices
    #expect(invoices.status == .submitted)
    #expect(invoices.number?.text == "{crm}-{deal.number}")
    #expect(invoices.date == .runDate)
    #expect(invoices.due == .contact)
    #expect(invoices.lineAmounts == .noTax)
    #expect(invoices.account.value == "0200")
    #expect(invoices.withoutLines == .hold)
    #expect(invoices.sendEmail && invoices.createItems)
    #expect(invoices.tracking.map(\.category.value) == ["Region"])
    #expect(invoices.amountTolerance == ExactDecimal(significand: 10, scale: 2))
    #expect(invoices.onDealChanged == .flag)
    #expect(invoices.onDealReopened == .voidUnpaid)
    #expect(invoices.possibleDuplicate == .create)
    #expect(invoices.schedule.map(\.daysAfterWon) == [0, 14, 1])
    #expect(invoices.schedule[0].percent == ExactDecimal(significand: 3334, scale: 2))
  }

  @Test(arguments: [
    ("{ days: 0 }", DueRule.terms(.days(0))),
    ("{ days_after_month_end: 20 }", .terms(.daysAfterMonthEnd(20))),
    ("{ day_of_next_month: 31 }", .terms(.dayOfNextMonth(31))), ("contact", .contact),
  ])
  func dueForms(text: String, rule: DueRule) throws {
    #expect(try World.loadBase(adding: "invoices: { due: \(text) }").policy.invoices.due == rule)
  }

  @Test func otherSections() throws {
    let configuration = try World.loadBase(
      adding: """
        state: ../var/state.sqlite
        tokens: ~/tokens.json
        recurring: { mode: hold, status: draft }
        contacts:
          create_in_accounting: all
          create_in_crm: never
          fields: [email, tax_number]
          conflict: { email: crm, name: accounting }
          match_before_create: false
        overdue: { grace_days: 3, remind_every_days: 0, notify: [email, crm_task] }
        notify: { email: { from: ar@example.org } }
        limits: { max_creates_per_run: 0, daily_calls: 900, call_seconds: 5, pass_seconds: 60 }
        metrics: { textfile: m.prom, ping_url: "http://127.0.0.1:9000/ping/" }
        """)
    let policy = configuration.policy
    #expect(configuration.statePath == "/etc/var/state.sqlite")
    #expect(configuration.tokensPath == "/home/ann/tokens.json")
    #expect(policy.recurring.mode == .hold && policy.recurring.status == .draft)
    #expect(policy.contacts.createInAccounting == .all && policy.contacts.createInCRM == .never)
    #expect(policy.contacts.fields == [.email, .taxNumber])
    #expect(policy.contacts.conflict == [.email: .crm, .name: .accounting])
    #expect(policy.contacts.defaultConflict == .newest && !policy.contacts.matchBeforeCreate)
    #expect(policy.overdue.graceDays == 3 && policy.overdue.remindEveryDays == 0)
    #expect(policy.overdue.notify == [.email, .crmTask])
    #expect(configuration.notify.email?.sendmail == "/usr/sbin/sendmail")
    #expect(policy.brakes.maxCreatesPerRun == 0)
    #expect(configuration.accounting.limits.dailyCalls == 900)
    #expect(configuration.crms[0].limits.dailyCalls == nil)
    #expect(configuration.crms[0].limits.callSeconds == 5)
    #expect(configuration.accounting.limits.passSeconds == 60)
    #expect(configuration.metrics.textfile == "/etc/xerosync/m.prom")
    #expect(configuration.metrics.pingURL?.value == "http://127.0.0.1:9000/ping")
  }

  @Test func rulesTakeGlobsListsAndFields() throws {
    let configuration = try World.loadBase(
      adding: """
        rules:
          - when: { country: [NO, NZ], deal.tier: Gold, line.region: "N*", party_kind: person }
            set: { item: "{x}", number: "{deal.po}", reference: "{line.batch} {deal.name}" }
          - { when: { crm: "hub*", deal.vip: true, deal.amount: "1*" }, set: { hold: ask first } }
          - { when: { owner: 42 }, set: { line_amounts: inclusive, date: run_date } }
        """)
    let rules = configuration.policy.rules
    #expect(
      rules[0].conditions == [
        Condition(field: .country, patterns: [Pattern("NO"), Pattern("NZ")]),
        Condition(field: .deal("tier"), patterns: [Pattern("Gold")]),
        Condition(field: .line("region"), patterns: [Pattern("N*")]),
        Condition(field: .partyKind, patterns: [Pattern("person")]),
      ])
    #expect(rules[0].set.item?.value == "{x}")
    #expect(rules[0].origin == Origin(file: "xerosync.yaml", line: 12, column: 5))
    #expect(rules[1].conditions[1].patterns == [Pattern("true")])
    #expect(rules[1].set.hold == "ask first")
    #expect(rules[2].conditions[0].patterns == [Pattern("42")])
    #expect(rules[2].set.lineAmounts == .inclusive && rules[2].set.date == .runDate)
    #expect(configuration.crms[0].extraDealFields == ["tier", "po", "vip"])
    #expect(configuration.crms[0].extraLineFields == ["region", "batch"])
  }

  @Test func aRuleForOneCRMBurdensNoOther() throws {
    let crms = try World.loadBase(
      adding: """
          - name: pipe
            kind: pipedrive
            auth: { flow: token, access_token: a }
            only: { deal.unit: Export }
        invoices: { reference: "{deal.po}" }
        rules:
          - { when: { crm: hubspot, deal.tier: Gold }, set: { tax: A } }
        """
    ).crms
    #expect(crms.map(\.name) == ["hubspot", "pipe"])
    #expect(crms[0].extraDealFields == ["po", "tier"])
    #expect(crms[1].extraDealFields == ["po", "unit"])
  }

  @Test func signInWordsAreOptionsToo() throws {
    let configuration = try World.load(
      """
      version: 1
      start_date: 2026-11-01
      timezone: Europe/Oslo
      accounting:
        kind: xero
        auth:
          flow: authorization_code
          client_id: a
          redirect_uri: http://localhost:9999/cb
          scopes: accounting.invoices offline_access
      crms:
        - name: z
          kind: zoho
          data_centre: eu
          auth: { flow: refresh_token, client_id: a, client_secret: b, refresh_token: c }
          stages: { paid: Done, overdue: null }
      """)
    let options = configuration.accounting.options
    #expect(options["scopes"]?.value == "accounting.invoices offline_access")
    #expect(options["redirect_uri"]?.value == "http://localhost:9999/cb")
    #expect(options["timezone"]?.value == "Europe/Oslo")
    #expect(configuration.crms[0].options["data_centre"]?.value == "eu")
    #expect(configuration.policy.crms["z"]?.paidStage?.value == "Done")
    #expect(configuration.policy.crms["z"]?.overdueStage == nil)
  }
}
