/// The description that `xerosync init --crm rest` writes beside the configuration: that of the CRM
/// the sandbox plays, whole and working, to be changed line by line into one's own.
package enum StartingDescription {
  /// The name under which the starting configuration and the sandbox's look for it.
  package static let fileName = "connector.yaml"

  package static let text = """
    # How xerosync talks to a CRM: Docs/crm-rest.md explains every key. This one describes Kahu, the
    # CRM of `xerosync sandbox --systems xero,rest`. Change it line by line into your own, and check
    # it as you go: xerosync connector check connector.yaml, xerosync connector try connector.yaml
    version: 1
    name: Kahu

    connection:
      url: https://api.kahu.example/kahu/v1      # api_url in xerosync.yaml goes before it
      message: error.message                     # where an answer says what is wrong
      code: error.code
      errors:
        - { status: 429, when: { path: error.code, equals: day_limit }, class: day_limit }
      lag_seconds: 60                            # how late a change may appear in a list

    auth:
      kind: bearer                     # bearer, basic, api_key, oauth2, client_credentials
      token: "{{secret.access_token}}" # auth.access_token in xerosync.yaml

    limits:
      requests: 60
      seconds: 10
      per_day: 20000
      remaining_header: X-Limit-Remaining
      day_remaining_header: X-Day-Remaining
      reset_header: X-Limit-Reset
      reset_in: seconds

    # Which fields of a deal are ours: `fields` in xerosync.yaml chooses other names.
    field_names:
      invoice_number: invoice_number
      invoice_status: invoice_status
      amount_due: invoice_due_cents
      amount_paid: invoice_paid_cents
      due_date: invoice_due_on
      paid_date: invoice_paid_on
      invoice_url: invoice_link

    account:
      path: /account
      id: id
      currency: currency
      time_zone: time_zone

    owners:
      list: { path: /owners, records: items }
      fields: { id: id, name: name, email: email }
      active: { path: active, equals: true }

    pipelines:
      list: { path: /pipelines, records: items }
      fields: { id: id, name: name }
      stages:
        inside: stages
        fields: { id: id, name: name }
        won: { path: means, equals: won }
        lost: { path: means, equals: lost }

    deals:
      list:
        path: /deals
        query: { changed_since: "{{since}}", limit: "{{size}}", cursor: "{{cursor}}" }
        records: items
        paging: { kind: cursor, path: next_cursor, size: 100 }
      changed: { strategy: filter, inclusive: true }
      read: { path: "/deals/{{id}}", record: item }
      url: https://app.kahu.example/deals/{{deal.id}}
      fields:
        id: id
        name: title
        amount: { path: amount_cents, scale: 2 }
        currency: currency
        pipeline: pipeline_id
        stage: stage_id
        won_on: won_at
        owner: owner_id
        companies: company_id
        people: person_ids
        payment_terms: payment_terms
        modified: changed_at
      reported:
        invoice_number: "fields.{{field.invoice_number}}"
        invoice_status: "fields.{{field.invoice_status}}"
        amount_due: { path: "fields.{{field.amount_due}}", scale: 2 }
        amount_paid: { path: "fields.{{field.amount_paid}}", scale: 2 }
        due_date: { path: "fields.{{field.due_date}}", format: date }
        paid_date: { path: "fields.{{field.paid_date}}", format: date }
        invoice_url: "fields.{{field.invoice_url}}"
      extra:                                     # deal.region in rules and templates
        region: fields.region
      deleted: { path: state, equals: deleted }
      lines:
        list:
          path: /deals/{{deal.id}}/lines
          query: { page: "{{page}}", page_size: "{{size}}" }
          records: items
          paging: { kind: page, first: 1, size: 50, pages: pages }
        fields:
          id: id
          name: title
          description: description
          sku: sku
          quantity: quantity
          unit_price: { path: price_cents, scale: 2 }
          discount_percent: discount_percent
          tax: tax

    companies:
      list:
        path: /companies
        query: { changed_since: "{{since}}", limit: "{{size}}", cursor: "{{cursor}}" }
        records: items
        paging: { kind: cursor, path: next_cursor, size: 100 }
      changed: { strategy: filter, inclusive: true }
      read: { path: "/companies/{{id}}", record: item }
      fields:
        id: id
        name: name
        email: email
        phone: phone
        website: website
        tax_number: tax_number
        mark: external_ref
        address_lines: address.street
        address_city: address.city
        address_region: address.region
        address_postal_code: address.postcode
        address_country: address.country
        modified: changed_at
      deleted: { path: state, equals: deleted }

    people:
      list:
        path: /people
        query: { changed_since: "{{since}}", limit: "{{size}}", cursor: "{{cursor}}" }
        records: items
        paging: { kind: cursor, path: next_cursor, size: 100 }
      changed: { strategy: filter, inclusive: true }
      read: { path: "/people/{{id}}", record: item }
      fields:
        id: id
        first_name: first_name
        last_name: last_name
        email: email
        phone: phone
        mobile: mobile
        mark: external_ref
        companies: company_id
        modified: changed_at
      deleted: { path: state, equals: deleted }

    # What xerosync may do there. Nothing else is ever written.
    actions:
      report:
        method: PATCH
        path: /deals/{{deal.id}}
        body:
          stage_id: "{{report.stage.id | number}}"
          fields:
            "{{field.invoice_number}}": "{{report.invoice_number}}"
            "{{field.invoice_status}}": "{{report.invoice_status}}"
            "{{field.amount_due}}": "{{report.amount_due | cents}}"
            "{{field.amount_paid}}": "{{report.amount_paid | cents}}"
            "{{field.due_date}}": "{{report.due_date}}"
            "{{field.paid_date}}": "{{report.paid_date}}"
            "{{field.invoice_url}}": "{{report.invoice_url}}"
        record: item

      create_task:
        path: /tasks
        body:
          subject: "{{alert.subject}}"
          text: "{{alert.text}}"
          due_on: "{{alert.date}}"
          owner_id: "{{alert.owner | number}}"
          deal_id: "{{alert.deal | number}}"
        id: item.id
        idempotency: { header: Idempotency-Key }

      create_company:
        path: /companies
        body:
          name: "{{draft.name}}"
          email: "{{draft.email}}"
          phone: "{{draft.phone}}"
          website: "{{draft.website}}"
          tax_number: "{{draft.tax_number}}"
          external_ref: "{{draft.mark}}"
          address:
            street: "{{draft.address_line1}}"
            city: "{{draft.address_city}}"
            region: "{{draft.address_region}}"
            postcode: "{{draft.address_postal_code}}"
            country: "{{draft.address_country}}"
        record: item
        id: item.id
        idempotency:
          lookup:
            path: /companies
            query: { external_ref: "{{draft.mark}}", limit: "100" }
            records: items

      update_company:
        path: /companies/{{id}}
        body:
          name: "{{patch.name}}"
          email: "{{patch.email}}"
          phone: "{{patch.phone}}"
          website: "{{patch.website}}"
          tax_number: "{{patch.tax_number}}"
          external_ref: "{{patch.mark}}"
          address:
            street: "{{patch.address_line1}}"
            city: "{{patch.address_city}}"
            region: "{{patch.address_region}}"
            postcode: "{{patch.address_postal_code}}"
            country: "{{patch.address_country}}"
        record: item

      create_person:
        path: /people
        body:
          first_name: "{{draft.first_name}}"
          last_name: "{{draft.last_name | default(-)}}"
          email: "{{draft.email}}"
          phone: "{{draft.phone}}"
          mobile: "{{draft.mobile}}"
          company_id: "{{draft.company | number}}"
          external_ref: "{{draft.mark}}"
        record: item
        id: item.id
        idempotency:
          lookup:
            path: /people
            query: { external_ref: "{{draft.mark}}", limit: "100" }
            records: items

      update_person:
        path: /people/{{id}}
        body:
          first_name: "{{patch.first_name}}"
          last_name: "{{patch.last_name}}"
          email: "{{patch.email}}"
          phone: "{{patch.phone}}"
          mobile: "{{patch.mobile}}"
          external_ref: "{{patch.mark}}"
        record: item

    """
}
