internal import Domain
internal import GRDB

/// The schema's history. A released migration never changes; a new one is appended.
enum Migrations {
  /// "XSYN": stored in the file's header, so that another program's database is never touched.
  static let applicationID = 0x5853_594E

  static var all: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("2026-11-first") { db in
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      try db.execute(sql: firstSchema)
    }
    migrator.registerMigration("2026-11-invoices-of-templates") { db in
      try db.execute(
        sql: """
          CREATE INDEX invoice_of_template ON invoice_index (template_id)
            WHERE template_id IS NOT NULL
          """)
    }
    migrator.registerMigration("2026-11-contacts") { db in
      try db.execute(sql: contactsSchema)
    }
    migrator.registerMigration("2026-11-decisions") { db in
      try db.execute(sql: decisionsSchema)
    }
    migrator.registerMigration("2026-11-resemblance") { db in
      try db.execute(sql: resemblanceSchema)
      try fillNearKeys(db)
    }
    migrator.registerMigration("2026-11-by-hand") { db in
      try db.execute(sql: byHandSchema)
    }
    return migrator
  }

  private static func fillNearKeys(_ db: Database) throws {
    let bodies = try String.fetchCursor(
      db, sql: "SELECT body FROM record WHERE kind IN ('company', 'person', 'contact')")
    while let body = try bodies.next() {
      let party = try Stored.decode(PartyRecord.self, from: body, table: "record", key: "party")
      try SnapshotWriter(db: db).storeNearKeys(of: party)
    }
  }

  private static let resemblanceSchema = """
    -- Coarse keys of parties, hashed: who is worth a comparison before a customer is created.
    CREATE TABLE party_near (
      key INTEGER NOT NULL,
      record INTEGER NOT NULL,
      PRIMARY KEY (key, record)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX party_near_of_record ON party_near (record);
    """

  private static let byHandSchema = """
    -- What a person decided, in words, for the history.
    CREATE TABLE decision (
      seq INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      subject TEXT NOT NULL,
      words TEXT NOT NULL
    ) STRICT;
    CREATE INDEX decision_of_subject ON decision (subject, seq);

    -- Deals that were merged into others: never looked at again for themselves.
    CREATE TABLE merged_deal (
      old TEXT PRIMARY KEY NOT NULL,
      new TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Why a pass ended before its time.
    ALTER TABLE run ADD COLUMN reason TEXT;

    -- The people of a company are found by it.
    INSERT OR IGNORE INTO party_key (system, type, key, kind, id)
      SELECT record.system, 'employer', company.value, record.kind, record.id
      FROM record, json_each(record.body, '$.companyIDs') AS company
      WHERE record.kind = 'person';
    """

  private static let decisionsSchema = """
    -- Two records of one system that a person said are one customer, until they are merged there.
    CREATE TABLE party_same (
      "left" TEXT NOT NULL,
      "right" TEXT NOT NULL,
      PRIMARY KEY ("left", "right")
    ) STRICT, WITHOUT ROWID;
    """

  private static let contactsSchema = """
    -- What the records of a party last agreed on, by the subject of its accounting contact.
    CREATE TABLE party_memory (
      anchor TEXT PRIMARY KEY NOT NULL,
      body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Companies, people and contacts the next plan must look at. Apart from `dirty`, because a
    -- first pass puts very many here and takes them in portions.
    CREATE TABLE party_dirty (
      subject TEXT PRIMARY KEY NOT NULL,
      reason TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO party_dirty (subject, reason)
      SELECT subject, reason FROM dirty
      WHERE subject LIKE '%:company:%' OR subject LIKE '%:person:%' OR subject LIKE '%:contact:%';
    INSERT OR IGNORE INTO party_dirty (subject, reason)
      SELECT "right", 'upgrade' FROM link WHERE "right" LIKE '%:contact:%';

    -- The person whose name and mail address stand for a company.
    CREATE TABLE party_person (
      company TEXT PRIMARY KEY NOT NULL,
      person TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX party_person_person ON party_person (person);

    -- Records a person said are not the same.
    CREATE TABLE party_apart (
      "left" TEXT NOT NULL,
      "right" TEXT NOT NULL,
      PRIMARY KEY ("left", "right")
    ) STRICT, WITHOUT ROWID;
    """

  private static let firstSchema = """
    CREATE TABLE meta (
      key TEXT PRIMARY KEY NOT NULL,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- The last seen state of every record. `digest` covers the body without its modified stamp;
    -- `head_digest` covers what a listing shows, where that is less than the whole record.
    CREATE TABLE record (
      rowid INTEGER PRIMARY KEY,
      system TEXT NOT NULL,
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      modified_at INTEGER,
      head_digest TEXT NOT NULL,
      digest TEXT NOT NULL,
      is_live INTEGER NOT NULL CHECK (is_live IN (0, 1)),
      checked_run INTEGER NOT NULL DEFAULT 0,
      body TEXT NOT NULL,
      UNIQUE (system, kind, id)
    ) STRICT;

    -- Normal forms under which parties are found again.
    CREATE TABLE party_key (
      system TEXT NOT NULL,
      type TEXT NOT NULL,
      key TEXT NOT NULL,
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      PRIMARY KEY (system, type, key, kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX party_key_of_record ON party_key (system, kind, id);

    -- Which invoices a contact has, for look-alikes, and which are open, for the daily re-read.
    CREATE TABLE invoice_index (
      system TEXT NOT NULL,
      id TEXT NOT NULL,
      contact_id TEXT NOT NULL,
      number TEXT NOT NULL,
      reference TEXT NOT NULL,
      source_url TEXT NOT NULL,
      template_id TEXT,
      date TEXT NOT NULL,
      is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
      read_at INTEGER NOT NULL,
      PRIMARY KEY (system, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX invoice_of_contact ON invoice_index (contact_id, date);
    CREATE INDEX invoice_by_source ON invoice_index (source_url) WHERE source_url <> '';
    CREATE INDEX invoice_open ON invoice_index (read_at) WHERE is_open = 1;

    -- Who belongs to which deal, so that a changed customer wakes its deals.
    CREATE TABLE deal_party (
      party TEXT NOT NULL,
      deal TEXT NOT NULL,
      PRIMARY KEY (party, deal)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX deal_party_of_deal ON deal_party (deal);

    CREATE TABLE link (
      "left" TEXT NOT NULL,
      "right" TEXT NOT NULL,
      role TEXT NOT NULL,
      by TEXT NOT NULL,
      since INTEGER NOT NULL,
      PRIMARY KEY ("left", "right")
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX link_right ON link ("right");

    CREATE TABLE cursor (
      system TEXT NOT NULL,
      feed TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (system, feed)
    ) STRICT, WITHOUT ROWID;

    -- Subjects the next plan must look at, and why. Staged with the change that caused it.
    CREATE TABLE dirty (
      subject TEXT PRIMARY KEY NOT NULL,
      reason TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Subjects to look at again when a day comes, changed or not.
    CREATE TABLE wake (
      subject TEXT PRIMARY KEY NOT NULL,
      day TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX wake_day ON wake (day);

    -- The journal: intent before act. An operation is open at most once.
    CREATE TABLE operation (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL,
      run INTEGER NOT NULL,
      state TEXT NOT NULL
        CHECK (state IN ('planned', 'sent', 'applied', 'refused', 'unknown', 'withdrawn')),
      action TEXT NOT NULL,
      system TEXT NOT NULL,
      object TEXT NOT NULL,
      subject TEXT NOT NULL,
      body TEXT NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0,
      planned_at INTEGER NOT NULL,
      sent_at INTEGER,
      settled_at INTEGER,
      external_id TEXT,
      answer TEXT,
      CHECK (state <> 'sent' OR sent_at IS NOT NULL),
      CHECK (state NOT IN ('applied', 'refused', 'withdrawn') OR settled_at IS NOT NULL)
    ) STRICT;
    CREATE UNIQUE INDEX operation_open ON operation (id)
      WHERE state IN ('planned', 'sent', 'unknown');
    CREATE INDEX operation_of_subject ON operation (subject, seq);
    CREATE INDEX operation_of_run ON operation (run);
    CREATE INDEX operation_by_id ON operation (id);

    CREATE TABLE hold (
      subject TEXT NOT NULL,
      code TEXT NOT NULL,
      message TEXT NOT NULL,
      remedy TEXT NOT NULL,
      since INTEGER NOT NULL,
      PRIMARY KEY (subject, code)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE conflict (
      seq INTEGER PRIMARY KEY,
      run INTEGER NOT NULL,
      subject TEXT NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX conflict_of_subject ON conflict (subject);

    -- What we remember of a deal beside its record.
    CREATE TABLE deal_state (
      subject TEXT PRIMARY KEY NOT NULL,
      invoiced_content TEXT,
      revision INTEGER NOT NULL DEFAULT 0,
      is_ignored INTEGER NOT NULL DEFAULT 0 CHECK (is_ignored IN (0, 1)),
      moved_to_stage TEXT,
      relations_digest TEXT,
      relations_run INTEGER NOT NULL DEFAULT 0,
      released TEXT NOT NULL DEFAULT '[]'
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX deal_state_check ON deal_state (relations_run, subject)
      WHERE relations_digest IS NOT NULL;

    CREATE TABLE alert (
      key TEXT PRIMARY KEY NOT NULL,
      subject TEXT NOT NULL,
      sent_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX alert_of_subject ON alert (subject);

    CREATE TABLE run (
      run INTEGER PRIMARY KEY,
      started_at INTEGER NOT NULL,
      finished_at INTEGER,
      outcome TEXT NOT NULL,
      exit_code INTEGER,
      report TEXT
    ) STRICT;

    -- Slow-moving lists and API budgets: bodies the owner of the key understands.
    CREATE TABLE cache (
      key TEXT PRIMARY KEY NOT NULL,
      read_at INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """
}
