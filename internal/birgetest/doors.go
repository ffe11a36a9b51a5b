package birgetest

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// fills says what of the Sample stands for a wildcard of a door, by the segment
// before it. Whoever adds a door with a new wildcard adds a line here, and the
// door is covered by every test that walks through the doors.
var fills = map[string]func(s *Sample) string{
	"amendments/{amendment}":     id(`SELECT id FROM project_amendments WHERE project_id = ` + theProject),
	"events/{event}":             id(`SELECT id FROM project_events WHERE project_id = ` + theProject + ` AND confirmed_on IS NULL AND NOT closed ORDER BY id DESC LIMIT 1`),
	"files/{file}":               id(`SELECT id FROM project_files WHERE project_id = ` + theProject + ` AND sort = 'document' AND NOT for_all ORDER BY id LIMIT 1`),
	"awards/{id}":                id(theAward),
	"certificates/{id}":          id(`SELECT id FROM award_certificates ORDER BY id LIMIT 1`),
	"awards/{id}/edit":           id(`SELECT id FROM award_rounds WHERE published_at IS NULL ORDER BY id LIMIT 1`),
	"awards/{id}/publish":        id(`SELECT id FROM award_rounds WHERE published_at IS NULL ORDER BY id LIMIT 1`),
	"awards/{id}/cancel":         id(theOpenAward),
	"awards/{id}/nominate":       id(theOpenAward),
	"awards/{id}/candidates":     id(theOpenAward),
	"candidates/{nominee}":       id(`SELECT id FROM award_nominees WHERE round_id = (` + theOpenAward + `) ORDER BY no LIMIT 1`),
	"programmes/{id}":            id(`SELECT id FROM programmes ORDER BY id LIMIT 1`),
	"follows/{id}":               id(`SELECT id FROM notice_follows ORDER BY id LIMIT 1`),
	"outbox/{id}":                id(`SELECT id FROM mail_outbox ORDER BY id LIMIT 1`),
	"forums/{id}":                id(theForum),
	"/packages/forums/{id}":      id(thePastForum),
	"forums/{id}/archive":        id(thePastForum),
	"forums/{id}/papers":         id(thePastForum),
	"forums/{id}/papers/{paper}": id(`SELECT id FROM forum_papers WHERE sort = 'picture' AND forum_id = (` + thePastForum + `) ORDER BY id LIMIT 1`),
	"stands/{stand}":             id(`SELECT id FROM forum_stands WHERE forum_id = (` + theForum + `) AND org_id IN (` + theOrg + `) ORDER BY id LIMIT 1`),
	"offers/{kind}":              word("organizations"),
	"offers/{offer}":             id(`SELECT id FROM help_offers WHERE state = 'sent' AND org_id IN (` + theOrg + `) ORDER BY id LIMIT 1`),
	"offer/{token}":              letter("/offer/"),
	"forms/{id}":                 id(`SELECT id FROM funding_forms WHERE newest > 1 ORDER BY id LIMIT 1`),
	"versions/{no}":              word("1"),
	"figures/{id}":               id(`SELECT id FROM figures ORDER BY id LIMIT 1`),
	"files/{id}":                 id(`SELECT id FROM files WHERE visibility = 'public' AND width > 0 ORDER BY id LIMIT 1`),
	"invitations/{id}":           id(`SELECT id FROM invitations ORDER BY id LIMIT 1`),
	"obligations/{id}":           id(`SELECT id FROM obligations WHERE outcome = '' ORDER BY id LIMIT 1`),
	"organizations/{id}":         id(theOrg),
	"decision-appeals/{id}":      id(`SELECT id FROM decision_appeals WHERE id = ` + theAppeal),
	"decisions/{id}":             id(`SELECT id FROM decisions ORDER BY id DESC LIMIT 1`), // that is drafted
	"passkeys/{id}":              word("0000000000000"),                                   // only a browser can make one
	"people/{id}":                id(`SELECT id FROM persons WHERE email = '` + Staff + `'`),
	"projects/{id}":              id(`SELECT id FROM projects WHERE id = ` + theProject),
	"panels/{id}":                id(`SELECT id FROM panels WHERE names = 'never' ORDER BY id LIMIT 1`),
	"panels/{panel}":             id(`SELECT id FROM panels ORDER BY id DESC LIMIT 1`),
	"seed/{party}":               id(`SELECT funder_id FROM panels WHERE names = 'never' ORDER BY id LIMIT 1`),
	"bodies/{id}":                id(`SELECT id FROM panel_bodies ORDER BY id LIMIT 1`),
	"members/{member}":           id(`SELECT id FROM panel_members ORDER BY id LIMIT 1`),
	"meetings/{id}":              id(`SELECT id FROM panel_meetings WHERE opened_at IS NOT NULL AND closed_at IS NULL ORDER BY id LIMIT 1`),
	"room/{item}":                id(`SELECT id FROM panel_items WHERE opened_at IS NOT NULL AND closed_at IS NULL ORDER BY id LIMIT 1`),
	"experts/{id}":               id(`SELECT id FROM panel_experts ORDER BY id LIMIT 1`),
	"marks/{id}": id(`SELECT a.id FROM panel_assignments a JOIN panel_experts e ON e.id = a.expert_id JOIN persons p ON p.id = e.person_id
		WHERE p.email = '` + Judge + `' AND a.declared_at IS NOT NULL AND a.submitted_at IS NULL ORDER BY a.id LIMIT 1`),
	"proposals/{id}":         id(`SELECT id FROM norm_proposals WHERE state = 'open' ORDER BY id LIMIT 1`),
	"reports/{report}":       id(`SELECT id FROM project_reports WHERE project_id = ` + theProject + ` AND state <> 'draft' ORDER BY id LIMIT 1`),
	"roles/{id}":             id(`SELECT g.id FROM grants g JOIN persons p ON p.id = g.person_id WHERE p.email = '` + Staff + `'`),
	"resolutions/{id}":       id(`SELECT id FROM resolutions WHERE id = ` + theResolution),
	"items/{item}":           id(`SELECT id FROM resolution_items WHERE resolution_id = ` + theResolution + ` ORDER BY no LIMIT 1`),
	"items/{item}/assign":    id(theItem + `'assigned' LIMIT 1`),
	"items/{item}/reply":     id(theItem + `'assigned' AND owner_id IN (` + theOrg + `) LIMIT 1`),
	"items/{item}/work":      id(theItem + `'accepted' AND owner_id IN (` + theOrg + `) LIMIT 1`),
	"items/{item}/done":      id(theItem + `'accepted' AND owner_id IN (` + theOrg + `) LIMIT 1`),
	"items/{item}/judge":     id(theItem + `'done' AND proposer_org IN (` + theOrg + `) LIMIT 1`),
	"items/{item}/carry":     id(theItem + `'assigned' LIMIT 1`),
	"items/{item}/link":      id(theItem + `'assigned' AND owner_id IN (` + theOrg + `) LIMIT 1`),
	"answers/{token}":        letter("/answers/"),
	"voices/{token}":         letterTo("waiting@guest.birge", "/voices/"),
	"mine/{token}":           letterTo("confirmed@guest.birge", "/voices/mine/"),
	"judge/{token}":          letterTo("confirmed@guest.birge", "/voices/judge/"),
	"tables/{id}":            id(`SELECT id FROM imports ORDER BY id LIMIT 1`),
	"topics/{id}":            id(`SELECT id FROM topics WHERE id = ` + theTopic),
	"topic-windows/{id}":     id(`SELECT window_id FROM topics WHERE id = ` + theTopic),
	"papers/{paper}":         id(`SELECT id FROM files WHERE owner_kind = 'topic' ORDER BY id LIMIT 1`),
	"pots/{id}":              id(`SELECT id FROM pots ORDER BY id DESC LIMIT 1`), // whose year is not approved
	"agreements/{id}":        id(`SELECT id FROM agreements WHERE id = ` + theAgreement),
	"signatures/{signature}": id(`SELECT id FROM agreement_signatures WHERE agreement_id = ` + theAgreement),
	"applications/{id}":      id(`SELECT id FROM applications WHERE id = ` + theApplication),
	"calls/{id}":             id(`SELECT call_id FROM application_drafts WHERE id = ` + theDraft),
	"drafts/{id}":            id(`SELECT id FROM application_drafts WHERE id = ` + theDraft),
	"{id}/{step}":            word("idea"),
	"undo/{batch}":           id(`SELECT id FROM application_batches ORDER BY id LIMIT 1`),
	"tranches/{tranche}":     func(s *Sample) string { return s.theProject().Tranches[0].ID.String() },

	"calls/{id}/ranking":    id(theDecidedCall),
	"calls/{id}/results":    id(theDecidedCall),
	"meetings/{id}/minutes": id(`SELECT id FROM panel_meetings WHERE closed_at IS NOT NULL ORDER BY id LIMIT 1`),

	"decision-appeals/{id}/files/{file}": id(`SELECT id FROM files WHERE owner_kind = 'decision_appeal' AND owner_id = ` + theAppeal),

	"applications/{id}/papers/{file}": id(`SELECT p.file_id FROM application_papers p JOIN applications a ON a.draft_id = p.draft_id WHERE a.id = ` + theApplication),
	"drafts/{id}/papers/{file}":       id(`SELECT file_id FROM application_papers WHERE draft_id = ` + theDraft),

	"atom/{id}":          id(theOrg),
	"card/{id}":          id(theOrg),
	"why/{id}":           id(theOrg),
	"claim/{id}":         id(theOrg),
	"claims/{id}":        id(`SELECT id FROM organization_claims WHERE decided_on IS NULL ORDER BY id LIMIT 1`),
	"corrections/{kind}": word("organizations"),
	"{kind}/{id}":        id(theOrg),
	"corrections/{id}":   id(`SELECT id FROM corrections WHERE decision = '' ORDER BY id LIMIT 1`),
	"edit/{id}":          id(theOrg),
	"merge/{id}":         id(theOrg),
	"return/{id}":        id(theOrg),
	"ties/{id}":          id(theOrg),
	"{id}/{year}": func(s *Sample) string {
		return strconv.FormatInt(first[int64](s, `SELECT max(year) FROM organization_returns WHERE org_id IN (`+theOrg+`)`), 10)
	},
	"bin/{bin}": text(`SELECT bin FROM organizations WHERE bin <> '' ORDER BY bin LIMIT 1`),

	"calendar/{year}":       word("2026"),
	"forums/{source}":       text(`SELECT code FROM figure_sources WHERE forum IS NOT NULL ORDER BY code LIMIT 1`),
	"from/{name}":           word("nobody"), // the sample has no service of OpenID Connect
	"help/{topic}":          word("find"),
	"kinds/{kind}":          word("projects"),
	"lists/{list}":          word("sphere"),
	"norms/{key}":           word(aNorm),
	"places/{code}":         word("990000000"),
	"report/{no}":           func(s *Sample) string { next, _ := s.theProject().NextReport(); return strconv.Itoa(next.No) },
	"with/{name}":           word("nobody"),
	"{id}/{file}":           word("rest.csv"),
	"{id}/{variant}":        word("large"),
	"{file}/{variant}":      word("original"),
	"{paper}/{variant}":     word("original"),
	"years/{year}":          word("2026"),
	"{kind}/{file}":         word("template.csv"),
	"{variant}/{name}":      word("picture.jpg"),
	"confirm/{token}":       letter("/follow/confirm/"),
	"unsubscribe/{token}":   digest,
	"feeds/{token}":         func(*Sample) string { return telling.feed },
	"email/{token}":         letter("/account/email/"),
	"invitations/{token}":   letter("/invitations/"),
	"registrations/{token}": letter("/registrations/"),
	"hall/{token}":          func(s *Sample) string { return s.HallLink(forums.Leads) },
	"forums/{id}/hall":      id(theHall),
	"forums/{id}/votes":     id(theHall),
	"votes/{vote}":          id(`SELECT id FROM forum_votes WHERE manner = 'mandate' AND forum_id = (` + theHall + `) ORDER BY id LIMIT 1`),
	"join/{token}":          letter("/join/"),
	"link/{token}":          letter("/sign-in/link/"),

	"registrations/{token}/delegation": letterTo("delegation@sample.birge", "/registrations/"),
	"registrations/{token}/members":    letterTo("delegation@sample.birge", "/registrations/"),
	"registrations/{token}/letters":    letterTo("delegation@sample.birge", "/registrations/"),
	// What people propose for the forum that runs.
	"resolutions/{id}/proposals":              id(`SELECT ` + theNext),
	"resolutions/{id}/propose":                id(`SELECT ` + theNext),
	"resolutions/{id}/remarks":                id(`SELECT ` + theNext),
	"resolutions/{id}/summary":                id(`SELECT ` + theNext),
	"resolutions/{id}/text":                   id(`SELECT ` + theNext),
	"resolutions/{id}/articles":               id(`SELECT ` + theNext),
	"resolutions/{id}/open":                   id(`SELECT ` + theNext),
	"resolutions/{id}/vote":                   id(`SELECT ` + theNext),
	"resolutions/{id}/comments":               id(`SELECT ` + theNext),
	"resolutions/{id}/amend":                  id(`SELECT ` + theNext),
	"resolutions/{id}/amendments":             id(`SELECT ` + theNext),
	"resolutions/{id}/decide":                 id(`SELECT ` + theNext),
	"resolutions/{id}/articles/{article}":     id(`SELECT article_id FROM resolution_comments WHERE article_id IS NOT NULL ORDER BY id LIMIT 1`),
	"resolutions/{id}/comments/{comment}":     id(`SELECT id FROM resolution_comments ORDER BY id LIMIT 1`),
	"resolutions/{id}/amendments/{amendment}": id(`SELECT id FROM resolution_amendments WHERE outcome = '' AND by_org IN (` + theOrg + `) ORDER BY id LIMIT 1`),
	"proposals/{proposal}":                    id(`SELECT id FROM resolution_proposals WHERE resolution_id = ` + theNext + ` AND merged_into IS NULL ORDER BY id LIMIT 1`),
	"mine/{token}/items/{item}":               id(theItem + `'done' AND proposer_guest IS NOT NULL LIMIT 1`),
	"proposals/{proposal}/part":               id(`SELECT id FROM resolution_proposals WHERE resolution_id = ` + theNext + ` AND merged_into IS NOT NULL ORDER BY id LIMIT 1`),

	"devices/{token}": aDevice,
}

const (
	// theForum runs or comes, and has a programme.
	theForum = `SELECT id FROM forums WHERE sample AND programme_no > 0 ORDER BY first_day DESC LIMIT 1`

	// thePastForum is over, and has papers.
	thePastForum = `SELECT id FROM forums WHERE sample AND id IN (SELECT forum_id FROM forum_papers) ORDER BY id LIMIT 1`

	aNorm = "report.review"
	// theAward has laureates; theOpenAward takes candidates, the sample's organization
	// among them.
	theAward     = `SELECT id FROM award_rounds WHERE decided_at IS NOT NULL ORDER BY id LIMIT 1`
	theOpenAward = `SELECT id FROM award_rounds WHERE fact = '' AND decided_at IS NULL AND published_at IS NOT NULL ORDER BY id LIMIT 1`
	// theProject is the running project to which the Sample adds what the sample
	// region has not.
	theProject = `(SELECT project_id FROM project_amendments WHERE state = 'asked' ORDER BY id LIMIT 1)`
	// theResolution is the document of the sample region whose items are followed.
	theResolution = `(SELECT previous_id FROM resolutions WHERE previous_id IS NOT NULL ORDER BY id LIMIT 1)`
	theItem       = `SELECT id FROM resolution_items WHERE resolution_id = ` + theResolution + ` AND stage = `
	// theNext is the document of the forum that runs, which takes proposals.
	theNext = `(SELECT id FROM resolutions WHERE previous_id IS NOT NULL ORDER BY id LIMIT 1)`
	// theTopic is the topic of which the Sample keeps a paper.
	theTopic = `(SELECT owner_id FROM files WHERE owner_kind = 'topic' ORDER BY id LIMIT 1)`
	// theDraft is what the sample's organization writes for the open call, and
	// theApplication what it handed in for the one that is checked.
	theDraft       = `(SELECT id FROM application_drafts WHERE state = 'writing' AND org_id IN (` + theOrg + `) ORDER BY id LIMIT 1)`
	theApplication = `(SELECT id FROM applications WHERE state = 'submitted' AND org_id IN (` + theOrg + `) ORDER BY id LIMIT 1)`
	// theDecidedCall has led to projects; theAppeal of the organization is heard, and
	// theAgreement of it waits for its signature.
	theDecidedCall = `SELECT call_id FROM decisions ORDER BY id LIMIT 1`
	theAppeal      = `(SELECT id FROM decision_appeals WHERE outcome = '' AND org_id IN (` + theOrg + `) ORDER BY id LIMIT 1)`
	theAgreement   = `(SELECT id FROM agreements WHERE settled_on IS NOT NULL AND signed_on IS NULL AND org_id IN (` + theOrg + `) ORDER BY id LIMIT 1)`
	// theOrg is the organization that the lead of the sample speaks for.
	theOrg = `SELECT g.scope_id FROM grants g JOIN persons p ON p.id = g.person_id WHERE p.email = '` + Lead + `' AND g.role = 'lead' LIMIT 1`
)

// theHall is the forum of the sample that runs.
const theHall = `SELECT forum_id FROM forum_stages ORDER BY id DESC LIMIT 1`

// HallLink is a fresh link into the hall of the sample: of a moderator, of a screen,
// or of the first who takes part.
func (s *Sample) HallLink(does forums.Does) (token string) {
	s.T.Helper()
	ctx, forum := s.T.Context(), first[ref.ID](s, theHall)
	var err error
	if does == forums.Attends {
		token, err = s.Forums.EnterByCode(ctx, forum, first[string](s, `SELECT code FROM forum_registrations WHERE state = 'admitted' AND forum_id = (`+theHall+`)
			AND id NOT IN (SELECT registration_id FROM forum_hall_links WHERE registration_id IS NOT NULL) ORDER BY id LIMIT 1`))
	} else {
		token, err = s.Forums.HandLink(ctx, byTest, forum, first[ref.ID](s, `SELECT id FROM forum_stages ORDER BY id DESC LIMIT 1`), does)
	}
	s.Must(err)
	return token
}

func word(w string) func(*Sample) string { return func(*Sample) string { return w } }

// id is the first id of a query.
func id(query string) func(*Sample) string {
	return func(s *Sample) string { return first[ref.ID](s, query).String() }
}

// text is the first value of a query.
func text(query string) func(*Sample) string {
	return func(s *Sample) string { return first[string](s, query) }
}

// letter is the secret at the end of a link that the portal has mailed.
func letter(door string) func(*Sample) string {
	return func(s *Sample) string {
		link := regexp.MustCompile(regexp.QuoteMeta(door) + `(\S+)`)
		body := first[string](s, `SELECT text FROM mail_outbox WHERE text LIKE '%`+door+`%' ORDER BY id LIMIT 1`)
		return link.FindStringSubmatch(body)[1]
	}
}

// aDevice is the secret of the link that opens a device at the door of the next forum.
func aDevice(s *Sample) string {
	s.T.Helper()
	_, link, err := s.Forums.AddDevice(s.T.Context(), access.Portal("test"), first[ref.ID](s, `SELECT id FROM forums WHERE sample ORDER BY first_day DESC LIMIT 1`), "1-кіреберіс")
	s.Must(err)
	return link
}

// letterTo is the secret at the end of the newest link that was mailed to somebody.
func letterTo(address, door string) func(*Sample) string {
	return func(s *Sample) string {
		link := regexp.MustCompile(regexp.QuoteMeta(door) + `(\S+)`)
		body := first[string](s, `SELECT text FROM mail_outbox WHERE recipient = '`+address+`' AND text LIKE '%`+door+`%' ORDER BY id DESC LIMIT 1`)
		return link.FindStringSubmatch(body)[1]
	}
}

// digest is the secret of the first digest, which the workers write when the
// portal starts.
func digest(s *Sample) string {
	s.Await(func() bool {
		return first[int64](s, `SELECT count(*) FROM mail_outbox WHERE text LIKE '%/unsubscribe/%'`) > 0
	})
	return letter("/unsubscribe/")(s)
}

func first[T any](s *Sample, query string) (v T) {
	s.T.Helper()
	err := s.DB.View(s.T.Context(), func(tx *db.Tx) (err error) {
		v, err = db.One(s.T.Context(), tx, db.Value[T], query)
		return err
	})
	if err != nil {
		s.T.Fatalf("the sample has nothing for %s: %v", query, err)
	}
	return v
}

func (s *Sample) theProject() projects.Project {
	s.T.Helper()
	st, err := s.Projects.Story(s.T.Context(), access.Actor{}, first[ref.ID](s, `SELECT id FROM projects WHERE id = `+theProject))
	s.Must(err)
	return st.Project
}

// PrivateFile is the id of a file that only its people may have.
func (s *Sample) PrivateFile() string {
	return first[ref.ID](s, `SELECT id FROM files WHERE visibility = 'private' ORDER BY id LIMIT 1`).String()
}

// Door is one line of the list of doors.
type Door struct{ Method, Path, Gate string }

// Doors lists the doors of the portal.
func (w *World) Doors() (doors []Door) {
	for _, line := range w.Server.Doors() {
		pattern, gate, _ := strings.Cut(line, " · ")
		method, path, _ := strings.Cut(pattern, " ")
		doors = append(doors, Door{method, path, gate})
	}
	return doors
}

// String is the door as the list of doors names it.
func (d Door) String() string { return d.Method + " " + d.Path }

// Unknown is the address of the door for a thing that is not there.
func (d Door) Unknown() string {
	return wildcard.ReplaceAllString(strings.Replace(d.Path, "{lang}", "ru", 1), "0000000000000")
}

// HasWildcard tells that the door leads to one of many things.
func (d Door) HasWildcard() bool {
	return strings.Contains(strings.TrimPrefix(d.Path, "/{lang}"), "{")
}

// Address is the address of the door for what the Sample has.
func (s *Sample) Address(d Door, lang i18n.Lang) string {
	s.T.Helper()
	segments := strings.Split(strings.Replace(d.Path, "{lang}", string(lang), 1), "/")
	filled := append([]string(nil), segments...)
	for i, segment := range segments {
		if !wildcard.MatchString(segment) {
			continue
		}
		fill, ok := fillOf(segments, i)
		if !ok {
			s.T.Fatalf("%s: say in birgetest/doors.go what of the sample stands for %s/%s", d, segments[i-1], segment)
		}
		filled[i] = fill(s)
	}
	address := strings.Join(filled, "/")
	if ask, ok := asks[d.String()]; ok {
		address += ask(s)
	}
	return address
}

// fillOf finds what stands for the wildcard at i: by the page behind it, by what it
// is a part of, or by itself.
func fillOf(segments []string, i int) (fill func(*Sample) string, ok bool) {
	key := segments[i-1] + "/" + segments[i]
	names := []string{strings.Join(segments[max(0, i-3):i+1], "/"), key}
	if i+1 < len(segments) {
		page, _, _ := strings.Cut(segments[i+1], ".")
		names = append([]string{key + "/" + page}, names...)
	}
	for _, name := range names {
		if fill, ok = fills[name]; ok {
			return fill, ok
		}
	}
	return nil, false
}

// asks are the questions without which a door leads nowhere.
var asks = map[string]func(s *Sample) string{
	"GET /{lang}/drafts/{id}/past": word("?field=need"),
	"GET /{lang}/topics/approve":   ofWindow,
	"GET /{lang}/topics/new":       ofWindow,
	"POST /{lang}/topics/new":      ofWindow,

	"GET /{lang}/forums/{id}/sheets": func(s *Sample) string { return "?stand=" + fills["stands/{stand}"](s) },
	"GET /{lang}/resolutions/{id}/summary": func(s *Sample) string {
		return "?session=" + first[ref.ID](s, `SELECT session_id FROM resolution_summaries ORDER BY id LIMIT 1`).String()
	},
}

// ofWindow names the window of the topic.
func ofWindow(s *Sample) string {
	return "?window=" + first[ref.ID](s, `SELECT window_id FROM topics WHERE id = `+theTopic).String()
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// Page is a page of the Sample and who may read it.
type Page struct {
	Door
	Address, Reader string
}

// readers are asked in this order who may read a page.
var readers = []string{"", Lead, Officer, Keeper, Admin, Staff, Judge}

// otherSide says who reads a page that looks another way from the other side.
var otherSide = map[string]string{
	"GET /{lang}/decision-appeals/{id}": Officer,
	"GET /{lang}/meetings/{id}":         Officer,
	"GET /{lang}/panels/{id}":           Officer,
	"GET /{lang}/calls/{id}":            Officer,
	"GET /{lang}/applications/{id}":     Officer,
}

// sendsOn are doors that send everybody on to a page.
var sendsOn = map[string]bool{"GET /{lang}/drafts/{id}": true}

// Pages lists every door that shows a page in HTML, once, with the first reader
// who may read it. A door that shows a page to nobody is a failure, unless it is
// known to send on.
func (s *Sample) Pages(lang i18n.Lang) (pages []Page) {
	s.T.Helper()
	for _, d := range s.Doors() {
		if d.Method != http.MethodGet {
			continue
		}
		address := s.Address(d, lang)
		status := 0
		for _, email := range readers {
			a := s.Reader(email).Get(address)
			if status = a.Status; status == http.StatusOK {
				if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
					pages = append(pages, Page{d, address, email})
				}
				break
			}
		}
		if email, ok := otherSide[d.String()]; ok {
			pages = append(pages, Page{d, address, email})
		}
		if status != http.StatusOK && status != http.StatusMovedPermanently && !sendsOn[d.String()] && !strings.Contains(d.Path, "/{name}") {
			s.T.Errorf("%s shows nobody a page at %s: %d", d, address, status)
		}
	}
	return pages
}
