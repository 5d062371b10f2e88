/// The closed lists of words that business names are made of.
enum WordLists {
  /// Kinds of legal form; two forms of one kind say the same ("Ltd", "Limited").
  struct LegalForms: OptionSet, Sendable {
    let rawValue: UInt16
    static let limited = LegalForms(rawValue: 1)
    static let proprietary = LegalForms(rawValue: 2)
    static let llc = LegalForms(rawValue: 4)
    static let incorporated = LegalForms(rawValue: 8)
    static let publicCompany = LegalForms(rawValue: 16)
    static let partnership = LegalForms(rawValue: 32)
    static let trust = LegalForms(rawValue: 64)
    static let continental = LegalForms(rawValue: 128)
    static let company = LegalForms(rawValue: 256)
  }

  private static func table(_ pairs: [(LegalForms, String)]) -> [[UInt8]: LegalForms] {
    var table: [[UInt8]: LegalForms] = [:]
    for (form, words) in pairs {
      for word in words.split(separator: " ") { table[Array(word.utf8)] = form }
    }
    return table
  }

  static let legalForms = table([
    (.limited, "ltd limited lmtd limted ltda limitada limitee ltee tapui lda"),
    (.proprietary, "pty proprietary pte bhd sdn pvt pl"),
    (.llc, "llc"),
    (.incorporated, "inc incorporated corp corporation incorp"),
    (.publicCompany, "plc"),
    (.partnership, "llp lp partnership"),
    (.trust, "trust trustee trustees tr"),
    (
      .continental,
      "gmbh mbh ag kg ohg ug ek ev eg sa sas sasu sarl eurl srl spa snc bv nv vof cv ab hb as asa "
        + "aps is oy oyj kft zrt bt sro spol doo dd sl slu sc sca scrl sprl zoo spzoo ooo tov kk "
        + "gk ae epe ike oe sia uab ou eood ood ead ad jsc pjsc"
    ),
    (.company, "co company cie compagnie"),
    (.continental, "株式会社 有限公司 有限会社 合同会社 公司 股份有限公司"),
  ])

  private static func set(_ words: String) -> Set<[UInt8]> {
    Set(words.split(separator: " ").map { Array($0.utf8) })
  }

  static let connectors = set("and & + et und og och the of for")
  static let titles = set("mr mrs ms miss dr prof sir dame herr frau mme mlle sr sra")
  /// Words in brackets or behind a dash that say nothing about who it is.
  static let notes = set(
    "accounts account accountspayable payable ap do not use duplicate dup old new inactive closed "
      + "archived ho head office nz aotearoa zealand au aus australia uk usa us ie "
      + "ireland canada test copy merged see sold main branch attn the in liquidation ex gst "
      + "cash sale sales cod on hold unknown tbc tba deleted invoice invoices billing finance")

  /// Short forms and the word they stand for.
  static let abbreviations: [[UInt8]: [UInt8]] = {
    let table = """
      eng engineering;engrs engineers;mktg marketing;intl international;intern international;\
      int international;svc services;svcs services;serv services;service services;\
      mgmt management;mgt management;mngt management;bros brothers;grp group;gp group;\
      assoc associates;assn association;contr contracting;contrs contractors;elec electrical;\
      elect electrical;ctr centre;center centre;cntr centre;mfg manufacturing;dev developments;\
      devs developments;development developments;props properties;prop properties;\
      property properties;inv investments;invest investments;ent enterprises;ents enterprises;\
      enterprise enterprises;hldgs holdings;hldg holdings;holding holdings;tech technology;\
      technologies technology;dist distributors;constr construction;const construction;\
      solution solutions;soln solutions;solns solutions;sys systems;system systems;\
      consult consulting;natl national;nat national;nth north;sth south;northern northern;\
      mt mount;saint st;supp supplies;supply supplies;transp transport;trans transport;\
      acctg accounting;accts accounting;univ university;uni university;hosp hospital;\
      pharm pharmacy;rest restaurant;mach machinery;equip equipment;maint maintenance;\
      refrig refrigeration;plumb plumbing;bldg building;bldrs builders;bldr builders;\
      comms communications;ind industries;inds industries;manuf manufacturing;\
      architect architects;lawyer lawyers;partner partners;work works;consultant consultants;\
      venture ventures;trading trading;farm farms;cnr corner;dept department;govt government;\
      corp corporate;lab laboratories;labs laboratories;info information;auto automotive;\
      agric agricultural;\
      ag agricultural;vet veterinary;photog photography;rd road;motor motors
      """
    var out: [[UInt8]: [UInt8]] = [:]
    for pair in table.split(separator: ";") {
      let words = pair.split(separator: " ")
      if words.count == 2 { out[Array(words[0].utf8)] = Array(words[1].utf8) }
    }
    return out
  }()

  /// Words so usual in business names that they tell little, before any data is seen. The share is
  /// of all names; words not listed are taken to be rare.
  static let commonWords: [[UInt8]: Float] = {
    var out: [[UInt8]: Float] = [:]
    func add(_ share: Float, _ words: String) {
      for word in words.split(separator: " ") { out[Array(word.utf8)] = share }
    }
    add(
      0.03,
      "group services solutions holdings properties investments construction enterprises systems")
    add(
      0.012,
      "management consulting international global partners developments trading industries centre "
        + "works ventures technology design media transport electrical plumbing builders building "
        + "engineering family school church club association foods farms motors company"
    )
    add(
      0.005,
      "painters painting roofing joinery accounting law lawyers medical "
        + "dental pharmacy hotel motel "
        + "cafe restaurant bakery catering cleaning security logistics couriers freight digital "
        + "software marketing advertising photography print printing events travel fitness gym "
        + "health care home homes garden gardens landscaping nursery contractors contracting "
        + "concrete flooring glass kitchens furniture interiors architects architecture surveyors "
        + "rentals hire finance financial insurance realty estate capital wealth property fashion "
        + "beauty hair salon spa clinic physiotherapy vet veterinary early learning childcare "
        + "academy college university education training recruitment consultants consultancy "
        + "advisory associates brothers sons daughters north south east west northern southern "
        + "eastern western central city pacific auckland wellington christchurch london sydney "
        + "melbourne new national first royal united green blue red black white golden silver "
        + "body corporate residents community society council board trustees committee sports "
        + "rugby football cricket bowling golf film films productions studio studios music records "
        + "seafood meats butchery wine wines vineyards brewery coffee roasters energy solar power "
        + "water environmental waste recycling mining drilling quarries earthmoving spraying "
        + "forestry timber steel metal fabrication automotive auto tyres panel boats marine "
        + "aviation tours supplies wholesale retail imports exports distributors products brands "
        + "packaging plastics chemicals laboratories biotech pharma research energy data cloud "
        + "networks communications telecom mobile computer computers it web online store shop "
        + "market direct express world australia zealand american european asia")
    return out
  }()

  /// Given names that stand for each other, each group on one line.
  static let nicknames: [[UInt8]: [UInt8]] = {
    let groups = """
      michael mike mick mikey mickey;robert rob bob bobby robbie bert;\
      william will bill billy liam willie;\
      james jim jimmy jamie;john jack johnny jon;jonathan jonny jono;richard rick dick ricky rich;\
      david dave davey davy;thomas tom tommy;christopher chris kit topher;christine chrissy tina;\
      christina kristina;anthony tony ant;andrew andy drew;daniel dan danny;joseph joe joey;\
      matthew matt matty;nicholas nick nicky nic;peter pete;stephen steve stevie steven stefan;\
      edward ed eddie ted ned;edwin;charles charlie chuck;george georgie;gregory greg;\
      patrick pat paddy;patricia trish tricia patty;benjamin ben benny;samuel sam sammy;\
      samantha;alexander alex sandy alec xander;alexandra alexa;timothy tim timmy;\
      kenneth ken kenny;ronald ron ronnie;donald don donny;raymond ray;gerald gerry jerry;\
      geoffrey geoff jeff jeffrey;lawrence larry laurie laurence lorenzo;leonard len lenny leo;\
      frederick fred freddie freddy;francis frank fran frankie;henry harry hank;harold hal;\
      phillip phil philip;walter wally walt;douglas doug;bernard bernie;vincent vince vinnie;\
      theodore theo;zachary zach zack;joshua josh;nathan nate nathaniel;jacob jake;\
      cameron cam;bradley brad;gabriel gabe;maxwell max maximilian;oliver ollie;\
      elizabeth liz lizzie beth betty eliza libby;katherine kate kathy katie cathy catherine \
      kathryn kat cath kathleen;margaret maggie meg peggy marg madge;jennifer jen jenny jenn;\
      susan sue suzie suzanne susie suzy;rebecca becky bec becca;deborah deb debbie debra;\
      barbara barb babs;victoria vicky vicki tori;jessica jess jessie;stephanie steph;\
      kimberley kim kimberly;amanda mandy;jacqueline jackie jacqui;pamela pam;cynthia cindy;\
      angela angie ange;theresa terry teresa tess;dorothy dot dottie;helen nell nellie;\
      rosemary rosie rose;josephine josie jo;joanne joanna joann;melissa mel;melanie;\
      natalie nat nataly;veronica ronnie;virginia ginny;alison ali allison;abigail abby;\
      caroline carrie carolyn carol;charlotte lottie;emily em emmy;eleanor ellie nora;\
      isabella bella izzy isabel;madeleine maddy madeline;olivia liv livvy;philippa pip pippa;\
      sarah sally sadie sara;terence terrance;russell russ;roderick rod;rodney;malcolm mal;\
      stuart stu stewart;graham graeme;trevor trev;desmond des;wayne;craig;clifford cliff;\
      leslie les;reginald reg;norman norm;sydney sid;albert al;alan allan allen;murray muz;\
      wiremu;hone;jose pepe;francisco paco;manuel manny manolo;antonio toni;johann hans hansi;\
      friedrich fritz;wilhelm willi;heinrich heinz;matthias;sebastian seb basti;aleksandr sasha;\
      mikhail misha;dmitri dima;ekaterina katya;maria;giovanni gianni;giuseppe beppe;luigi gigi
      """
    var out: [[UInt8]: [UInt8]] = [:]
    for group in groups.split(separator: ";") {
      let names = group.split(separator: " ").map { Array($0.utf8) }
      guard let first = names.first else { continue }
      for name in names where out[name] == nil { out[name] = first }
    }
    return out
  }()

  /// Larger cities, so that small data sets know a place when they see one.
  static let cities = set(
    "auckland wellington christchurch hamilton tauranga dunedin napier hastings nelson rotorua "
      + "invercargill whanganui gisborne queenstown taupo timaru sydney melbourne brisbane perth "
      + "adelaide canberra hobart darwin newcastle geelong cairns london manchester "
      + "birmingham leeds "
      + "glasgow edinburgh liverpool bristol sheffield cardiff belfast leicester nottingham dublin "
      + "cork galway limerick chicago houston phoenix philadelphia dallas austin boston seattle "
      + "denver atlanta miami toronto vancouver montreal ottawa calgary johannesburg durban "
      + "pretoria singapore berlin munich muenchen hamburg frankfurt cologne koeln "
      + "vienna wien zurich "
      + "paris lyon marseille madrid barcelona rome roma milan milano amsterdam rotterdam brussels "
      + "stockholm copenhagen oslo helsinki prague warsaw budapest athens lisbon tokyo osaka")

  static let roleMailboxes = set(
    "info accounts accountspayable accountsreceivable accountpayable "
      + "ap ar invoices invoice billing "
      + "bills admin administrator administration office sales hello contact contacts finance "
      + "bookkeeper bookkeeping enquiries enquiry inquiries inquiry mail email reception team "
      + "support help service services orders order payments payment payables pay clients client "
      + "reservations bookings booking manager owner postmaster webmaster noreply "
      + "marketing hr jobs "
      + "accounting accts acc acct buchhaltung rechnung rechnungen verwaltung kontakt compta "
      + "comptabilite facturation contabilidad facturas administracion administrazione "
      + "amministrazione fatture administratie facturen boekhouding faktura fakturor ekonomi "
      + "regnskab konto kontor post secretary treasurer committee shop store studio general")

  private static let freeHosts = set(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com ymail.com rocketmail.com "
      + "icloud.com me.com mac.com aol.com proton.me protonmail.com pm.me gmx.com gmx.de gmx.net "
      + "gmx.at gmx.ch web.de t-online.de freenet.de arcor.de orange.fr wanadoo.fr free.fr "
      + "laposte.net sfr.fr libero.it virgilio.it tin.it alice.it tiscali.it qq.com "
      + "163.com 126.com "
      + "sina.com foxmail.com yeah.net xtra.co.nz vodafone.co.nz slingshot.co.nz orcon.net.nz "
      + "clear.net.nz paradise.net.nz ihug.co.nz actrix.co.nz kinect.co.nz snap.net.nz "
      + "bigpond.com bigpond.net.au optusnet.com.au iinet.net.au tpg.com.au internode.on.net "
      + "westnet.com.au dodo.com.au ozemail.com.au btinternet.com btopenworld.com sky.com "
      + "talktalk.net virginmedia.com ntlworld.com blueyonder.co.uk tiscali.co.uk plusnet.com "
      + "eircom.net comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net "
      + "charter.net "
      + "earthlink.net shaw.ca rogers.com telus.net sympatico.ca bell.net videotron.ca mweb.co.za "
      + "telkomsa.net vodamail.co.za webmail.co.za iafrica.com singnet.com.sg starhub.net.sg "
      + "naver.com daum.net hanmail.net mail.ru yandex.ru yandex.com rambler.ru bk.ru list.ru "
      + "inbox.ru seznam.cz centrum.cz email.cz wp.pl onet.pl o2.pl interia.pl op.pl ukr.net i.ua "
      + "bluewin.ch telia.com home.se spray.se tele2.se telenor.no online.no ziggo.nl kpnmail.nl "
      + "planet.nl hetnet.nl xs4all.nl chello.nl telenet.be skynet.be telefonica.net terra.es "
      + "ono.com sapo.pt uol.com.br bol.com.br terra.com.br otenet.gr forthnet.gr fastmail.com "
      + "fastmail.fm hushmail.com zoho.com mail.com email.com inbox.com rediffmail.com "
      + "tutanota.com "
      + "hey.com mail.bg abv.bg freemail.hu citromail.hu tdc.dk mail.dk jubii.dk stofanet.dk "
      + "kolumbus.fi elisanet.fi docomo.ne.jp ezweb.ne.jp softbank.ne.jp nifty.com "
      + "facebook.com m.facebook.com instagram.com linkedin.com twitter.com x.com youtube.com "
      + "sites.google.com google.com business.site wixsite.com wordpress.com blogspot.com "
      + "weebly.com squarespace.com myshopify.com etsy.com ebay.com tiktok.com github.io "
      + "yell.com yelp.com tripadvisor.com booking.com airbnb.com linktr.ee godaddysites.com")
  private static let freeBrands = set(
    "yahoo hotmail outlook live gmail googlemail gmx icloud msn ymail aol protonmail yandex "
      + "facebook instagram linkedin")

  /// Whether a host serves the public at large and so never identifies a company.
  static func isFreeHost(_ host: [UInt8]) -> Bool {
    if freeHosts.contains(host) { return true }
    guard let dot = host.firstIndex(of: UInt8(ascii: ".")) else { return true }
    let labels = host.split(separator: UInt8(ascii: "."))
    // yahoo.co.nz, hotmail.fr …: the brand under any country's ending.
    return labels.count <= 3 && freeBrands.contains(Array(host[..<dot]))
  }

  static let companySuffixes = set(
    "com net org co ac edu gov govt school gen geek maori iwi ltd plc")
  static let streetTypes: [[UInt8]: [UInt8]] = {
    let table = """
      street st str;road rd;avenue ave av;drive dr drv;lane ln;place pl plc;court ct crt;\
      crescent cres cr crs;terrace tce terr ter;parade pde;highway hwy hw;boulevard blvd bvd boul;\
      close cl;square sq;way wy wa;grove gr grv;circuit cct;esplanade esp;quay qy;rise;\
      strasse str. strase;platz pl.;weg;allee;chemin ch;rue r;avenida avda av.;calle c;plaza;\
      via v;viale;piazza p.za;vej;gade;vagen;gatan;gata;laan;straat;plein;prospekt prosp;ulitsa ul;\
      mount mt;saint st.
      """
    var out: [[UInt8]: [UInt8]] = [:]
    for group in table.split(separator: ";") {
      let names = group.split(separator: " ").map { Array($0.utf8) }
      guard let first = names.first else { continue }
      for name in names where out[name] == nil { out[name] = first }
    }
    return out
  }()
  static let unitWords = set(
    "unit level flat suite shop apartment apt floor lvl ste lot room office villa whg wohnung appt")
  static let boxWords = set("pobox box postfach bp apartado casella postbus boks")
}
