package birgetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"image"
	"image/png"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/app"
	"birge/internal/funding"
	"birge/internal/norms"
	"birge/internal/notices"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/files"
	"birge/internal/platform/forms"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
	"birge/internal/sample"
)

// The people of a Sample beside those of the sample region: each has a role that
// reaches nothing of the sample's own organization and region.
const (
	Citizen     = "citizen@sample.birge"
	Lead        = "lead@sample.birge"
	Staff       = "staff@sample.birge"
	Officer     = "officer@sample.birge"
	Keeper      = "keeper@sample.birge"
	Admin       = "admin@sample.birge"
	Judge       = "judge@sample.birge" // an expert of the region who has works to mark
	Secretary   = "secretary@sample.birge"
	Expert      = "expert@sample.birge"
	OtherLead   = "neighbour@sample.birge"
	AwayOfficer = "faraway@sample.birge"
)

// The words of a Sample that only the people of its organization may read.
const (
	HiddenCall   = "Жасырын-конкурс" // in the draft of a call
	HiddenReport = "Жасырын-есеп"    // in the draft of a report
	HiddenEvent  = "Жасырын-шара"    // the title of an event for people at risk
	HiddenFile   = "Жасырын-құжат"   // in a private file
	HiddenLetter = "Жасырын-хат"     // in a request for correction
)

// Sample is a World with the sample region in it, and more than the region
// tells by itself: whatever a page can show is there at least once.
type Sample struct {
	*World
	passwords map[string]string
	readers   map[string]*Reader
}

// telling keeps the folder of the sample, told once in a test program.
var telling struct {
	sync.Once
	told
	err error
}

// told is the folder of a portal in memory, and what opens it.
type told struct {
	files     map[string][]byte
	passwords map[string]string
	feed      string // the secret address of a feed
}

// StartSample starts a portal with the sample region on SQLite. Limits by
// address count every request apart.
func StartSample(t testing.TB) *Sample {
	t.Helper()
	telling.Do(func() { telling.told, telling.err = tell(t.Context(), false) })
	if telling.err != nil {
		t.Fatal(telling.err)
	}
	return startTold(t, telling.told)
}

// StartFew is StartSample with a fifth of the region.
func StartFew(t testing.TB) *Sample {
	t.Helper()
	return startTold(t, few(t))
}

// EachFew runs a test in the portal of StartFew on SQLite and, where the suite has
// PostgreSQL, on PostgreSQL, to which it is brought by a backup.
func EachFew(t *testing.T, test func(t *testing.T, s *Sample)) {
	folder := few(t)
	dbtest.EachEmpty(t, func(t *testing.T, address string) {
		dir := folder.unpack(t)
		if address != "" {
			from, archive := dir, filepath.Join(t.TempDir(), "few.backup")
			dir = filepath.Join(t.TempDir(), "few")
			for _, args := range [][]string{{"backup", archive, "--data", from}, {"restore", archive, "--data", dir, "--db", address}} {
				if status := app.Main(args); status != 0 {
					t.Fatalf("birge %v ends with %d", args, status)
				}
			}
		}
		test(t, folder.start(t, dir, address))
	})
}

// fewTold keeps the folder of a fifth of the sample, told once in a test program.
var fewTold struct {
	sync.Once
	told
	err error
}

func few(t testing.TB) told {
	t.Helper()
	fewTold.Do(func() { fewTold.told, fewTold.err = tell(t.Context(), true) })
	if fewTold.err != nil {
		t.Fatal(fewTold.err)
	}
	return fewTold.told
}

func startTold(t testing.TB, folder told) *Sample {
	t.Helper()
	return folder.start(t, folder.unpack(t), "")
}

// unpack writes the folder anew.
func (folder told) unpack(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range folder.files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// start starts the portal of a folder.
func (folder told) start(t testing.TB, dir, address string) *Sample {
	t.Helper()
	clock := dbtest.NewClock()
	clock.Advance(time.Minute) // after everything that was told
	w := start(t, clock, app.Config{Data: dir, DB: address, Demo: true, Proxy: true})
	return &Sample{World: w, passwords: folder.passwords, readers: map[string]*Reader{}}
}

// tell makes the folder of the sample and keeps it in memory.
func tell(ctx context.Context, few bool) (s told, err error) {
	dir, err := os.MkdirTemp("", "birge-sample-")
	if err != nil {
		return s, err
	}
	defer os.RemoveAll(dir)
	clock := &sample.Clock{Wall: dbtest.NewClock().Now}
	p, err := app.Open(ctx, app.Config{Data: dir, Zone: "Asia/Almaty", Demo: true, Clock: clock.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return s, err
	}
	if err := p.LoadFacts(ctx); err != nil {
		return s, err
	}
	people, err := p.LoadSample(ctx, clock, few)
	if err != nil {
		return s, err
	}
	s.passwords = map[string]string{}
	for _, who := range people {
		s.passwords[who.Email] = who.Password
	}
	for _, step := range []func(context.Context, *app.Portal) error{s.tellPeople, s.tellFollows, tellStory, tellFiles, tellLetters, tellProposal, tellImport, tellRegister, tellTopics, tellForm, tellMeeting, tellDraft, tellAppeal, tellCall, tellResolution} {
		if err := step(ctx, p); err != nil {
			return s, err
		}
	}
	if err := errors.Join(p.Sealer.Seal(ctx), p.Notices.StartDigests(ctx)); err != nil {
		return s, err
	}
	if err := p.Close(); err != nil {
		return s, err
	}
	s.files = map[string][]byte{}
	return s, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err == nil {
			s.files[name], err = os.ReadFile(path)
		}
		return err
	})
}

var byTest = access.Portal("test")

// one reads one id with a query.
func one(ctx context.Context, p *app.Portal, query string, args ...any) (id ref.ID, err error) {
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		id, err = db.One(ctx, tx, db.Value[ref.ID], query, args...)
		return err
	})
	return id, err
}

// actor is somebody of the sample acting in some roles.
func actor(ctx context.Context, p *app.Portal, email string, roles ...access.Grant) (access.Actor, error) {
	id, err := one(ctx, p, `SELECT id FROM persons WHERE email = $1`, email)
	return access.Actor{UserID: id, Confirmed: true, Grants: roles}, err
}

const leadsOrg = `SELECT g.scope_id FROM grants g JOIN persons p ON p.id = g.person_id WHERE p.email = '` + Lead + `'`

func (s *told) tellPeople(ctx context.Context, p *app.Portal) error {
	other, err := one(ctx, p, `SELECT id FROM organizations WHERE kind = 'ngo' AND closed IS NULL AND id NOT IN (`+leadsOrg+`)
		AND id IN (SELECT org_id FROM projects) ORDER BY id LIMIT 1`)
	if err != nil {
		return err
	}
	away, _ := p.Places.Tree().ByKATO("150000000")
	for email, role := range map[string]struct {
		name string
		access.Role
		ref.Ref
	}{
		Expert:      {"Сынақ сарапшы", access.Expert, p.Places.Tree().Samples()[0].Ref()},
		OtherLead:   {"Көрші жетекші", access.Lead, ref.Ref{Kind: "organization", ID: other}},
		AwayOfficer: {"Алыстағы қызметкер", access.Officer, away.Ref()},
	} {
		password := rand.Text()[:14]
		person, err := p.Accounts.Enrol(ctx, byTest, accounts.NewPerson{Name: role.name, Email: email, Lang: i18n.RU, Password: password, Proved: true})
		if err != nil {
			return err
		}
		if _, err := p.Accounts.GiveRole(ctx, byTest, person.ID, role.Role, role.Ref); err != nil {
			return err
		}
		s.passwords[email] = password
	}
	return nil
}

// running is the project of the sample's organization with most reports among
// those that go on for two months more.
func running(ctx context.Context, p *app.Portal) (ref.ID, error) {
	return one(ctx, p, runningQuery, p.Projects.Today().AddDays(60))
}

const runningQuery = `SELECT p.id FROM projects p WHERE p.org_id IN (` + leadsOrg + `) AND p.agreed_on IS NOT NULL AND p.closed_on IS NULL
	AND p.terminated_on IS NULL AND p.ends > $1
	AND p.funding_kind <> 'own' ORDER BY (SELECT COUNT(*) FROM project_reports r WHERE r.project_id = p.id) DESC, p.id LIMIT 1`

// tellStory adds to a running project what the sample has not: an amendment that
// waits, the draft of a report, an event ahead and one for people at risk.
func tellStory(ctx context.Context, p *app.Portal) error {
	id, err := running(ctx, p)
	if err != nil {
		return err
	}
	st, err := p.Projects.Story(ctx, byTest, id)
	if err != nil {
		return err
	}
	lead, err := actor(ctx, p, Lead, access.Grant{Role: access.Lead, Scope: st.Project.OrgID})
	if err != nil {
		return err
	}
	plan := st.Project.Plan
	plan.Beneficiaries += 10
	reason := i18n.Text{KK: "Қатысушылар көбейді", RU: "Участников стало больше", EN: "More people take part"}
	if _, err := p.Projects.AskAmendment(ctx, lead, id, st.Project.Version, plan, reason, "1"); err != nil {
		return err
	}
	if next, ok := st.Project.NextReport(); ok {
		hidden := i18n.Text{KK: HiddenReport, RU: HiddenReport, EN: HiddenReport}
		if _, err := p.Projects.SaveDraft(ctx, lead, id, next.No, 0, projects.ReportText{Summary: hidden}); err != nil {
			return err
		}
	}
	ahead := projects.Announcement{Title: i18n.Text{KK: "Ашық есік күні", RU: "День открытых дверей", EN: "Open day"}, PlaceID: plan.PlaceID,
		On: p.Projects.Today().AddDays(20), Hour: "15:00", Open: true}
	if _, err := p.Projects.AnnounceEvent(ctx, lead, id, ahead, false); err != nil {
		return err
	}
	ahead.Title = i18n.Text{KK: HiddenEvent, RU: HiddenEvent, EN: HiddenEvent}
	_, err = p.Projects.AnnounceEvent(ctx, lead, id, ahead, true)
	return err
}

// tellFollows has the staff of the organization follow its region and a project,
// so that what is told from now on comes in a digest.
func (s *told) tellFollows(ctx context.Context, p *app.Portal) error {
	if err := p.Sealer.Seal(ctx); err != nil {
		return err
	}
	id, err := running(ctx, p)
	if err != nil {
		return err
	}
	staff, err := actor(ctx, p, Staff)
	if err != nil {
		return err
	}
	region := notices.Subject{Ref: p.Places.Tree().Samples()[0].Ref()}
	for _, s := range []notices.Subject{region, {Ref: ref.Ref{Kind: projects.KindProject, ID: id, Path: "/projects/" + id.String()}}} {
		if err := p.Notices.Follow(ctx, staff, s); err != nil {
			return err
		}
	}
	if s.feed, err = p.Notices.NewFeed(ctx, staff); err != nil {
		return err
	}
	return p.Notices.AskByMail(ctx, "reader@sample.birge", i18n.RU, notices.Weekly, region)
}

// tellFiles gives the project a public picture and a private paper.
func tellFiles(ctx context.Context, p *app.Portal) error {
	id, err := running(ctx, p)
	if err != nil {
		return err
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 64, 48))); err != nil {
		return err
	}
	title := i18n.Text{KK: "Көктем", RU: "Весна", EN: "Spring"}
	hidden := i18n.Text{KK: HiddenFile, RU: HiddenFile, EN: HiddenFile}
	for _, f := range []struct {
		body io.Reader
		projects.NewFile
	}{
		{&picture, projects.NewFile{Sort: projects.Picture, People: files.Nobody, Title: title, ForAll: true}},
		{strings.NewReader(HiddenFile), projects.NewFile{Sort: projects.Paper, Title: hidden}},
	} {
		c, err := p.Projects.CheckFile(ctx, byTest, id, f.NewFile, "paper.txt", f.body)
		if err != nil {
			return err
		}
		if _, err := p.Projects.AddFiles(ctx, byTest, id, f.NewFile, []*files.Checked{c}); err != nil {
			return err
		}
	}
	return nil
}

// tellLetters has the portal write a letter of each kind with a link.
func tellLetters(ctx context.Context, p *app.Portal) error {
	from := accounts.Knock{Address: "192.0.2.1"}
	for _, email := range []string{Citizen, "newcomer@sample.birge"} {
		if err := p.Accounts.AskLink(ctx, from, email, i18n.RU); err != nil {
			return err
		}
	}
	lead, err := actor(ctx, p, Lead)
	if err != nil {
		return err
	}
	if err := p.Accounts.AskEmail(ctx, lead, "lead2@sample.birge"); err != nil {
		return err
	}
	admin, err := actor(ctx, p, Admin, access.Grant{Role: access.Admin})
	if err != nil {
		return err
	}
	_, err = p.Accounts.Invite(ctx, admin, "invited@sample.birge", access.Keeper, ref.Ref{}, i18n.RU)
	return err
}

// tellProposal has a keeper propose another value of a norm.
func tellProposal(ctx context.Context, p *app.Portal) error {
	by, err := actor(ctx, p, Keeper, access.Grant{Role: access.Keeper})
	if err != nil {
		return err
	}
	book := p.Norms.Book()
	n, _ := book.Norm(aNorm, book.On())
	n.Value.N++
	_, err = p.Norms.Propose(ctx, by, norms.Draft{What: norms.ANorm, From: book.On().AddDays(30), Reason: "Сынақ", Norm: &n})
	return err
}

// sampleTable has a good row, one that lies elsewhere, and one with faults in
// several cells.
const sampleTable = "Номер договора;Дата договора;БИН заказчика;БИН поставщика;Наименование проекта;Специфика;Сумма договора;Начало;Окончание;Место;Сфера\n" +
	"Т-1;20.01.2026;230940123450;150140000012;Үлгі жоба;155;1 000 000;01.02.2026;30.11.2026;990000000;youth\n" +
	"Т-2;20.01.2026;230940123450;150140000012;Алыстағы жоба;155;1 000 000;01.02.2026;30.11.2026;150000000;youth\n" +
	"Т-3;31.02.2026;230940123451;150140000012;Қате жоба;159;көп;01.02.2026;30.11.2026;Ешқайда;ғарыш\n"

// tellImport has an officer hand in a table, which is checked and waits.
func tellImport(ctx context.Context, p *app.Portal) error {
	by, err := actor(ctx, p, Officer, access.Grant{Role: access.Officer, Scope: p.Places.Tree().Samples()[0].ID})
	if err != nil {
		return err
	}
	im, err := p.Imports.Receive(ctx, by, "projects", "agreements.csv", strings.NewReader(sampleTable), int64(len(sampleTable)))
	if err != nil {
		return err
	}
	return p.Imports.Work(ctx, im.ID)
}

// tellRegister has a newcomer claim the page of the sample's organization and a
// citizen say that something on it is wrong.
func tellRegister(ctx context.Context, p *app.Portal) error {
	org, err := one(ctx, p, leadsOrg)
	if err != nil {
		return err
	}
	if _, err := p.Orgs.OweReturns(ctx); err != nil {
		return err
	}
	keeper, err := actor(ctx, p, Keeper)
	if err != nil {
		return err
	}
	if _, err := p.Orgs.Claim(ctx, keeper, orgs.NewClaim{OrgID: org, Way: orgs.ByLetter, Post: "төраға", Letter: "№ 1, 2026-01-12"}); err != nil {
		return err
	}
	_, err = p.Orgs.AskCorrection(ctx, keeper, orgs.NewCorrection{Page: ref.Ref{Kind: orgs.Kind, ID: org}, Subject: "head", Body: HiddenLetter})
	return err
}

// tellTopics has a body take topics, the sample's organization propose one with a
// paper, a citizen propose another, and the money of a programme set aside.
func tellTopics(ctx context.Context, p *app.Portal) error {
	region, today := p.Places.Tree().Samples()[0].ID, p.Funding.Today()
	programme, err := one(ctx, p, `SELECT id FROM programmes ORDER BY id LIMIT 1`)
	if err != nil {
		return err
	}
	body, err := one(ctx, p, `SELECT funder_id FROM programmes WHERE id = $1`, programme)
	if err != nil {
		return err
	}
	org, err := one(ctx, p, leadsOrg)
	if err != nil {
		return err
	}
	officer, err := actor(ctx, p, Officer, access.Grant{Role: access.Officer, Scope: region})
	if err != nil {
		return err
	}
	lead, err := actor(ctx, p, Lead, access.Grant{Role: access.Lead, Scope: org})
	if err != nil {
		return err
	}
	citizen, err := actor(ctx, p, Citizen)
	if err != nil {
		return err
	}
	w, err := p.Funding.OpenWindow(ctx, officer, funding.Window{BodyID: body, PlaceID: region, Kind: projects.StateSocialOrder, Year: today.Year() + 1, Opens: today, Closes: today.AddDays(40)})
	if err != nil {
		return err
	}
	words := i18n.Text{KK: "Ауыл балаларына үйірмелер", RU: "Кружки для детей села", EN: "Clubs for village children"}
	need := funding.Need{Title: words, Problem: words, Evidence: words, Groups: []string{"youth"}, People: 120, PlaceID: region, Sphere: "youth", Result: words, Years: 2, Sum: 5_000_000_00,
		Indicators: []projects.Indicator{{Name: words, Target: projects.NumberOf(120 * projects.Thousandth)}}}
	topic, err := p.Funding.ProposeTopic(ctx, lead, funding.NewTopic{WindowID: w.ID, ByOrg: org, Need: need})
	if err != nil {
		return err
	}
	if _, err := p.Funding.ProposeTopic(ctx, citizen, funding.NewTopic{WindowID: w.ID, Need: need}); err != nil {
		return err
	}
	paper, err := p.Funding.CheckTopicFile(ctx, lead, topic.ID, "survey.csv", strings.NewReader("ауыл;бала\nКөктерек;120\n"))
	if err != nil {
		return err
	}
	if err := p.Funding.AddTopicFiles(ctx, lead, topic.ID, []*files.Checked{paper}); err != nil {
		return err
	}
	_, err = p.Funding.CreatePot(ctx, officer, funding.Pot{ProgrammeID: programme, PlaceID: region, Title: words, Kind: projects.StateSocialOrder, DistrictShare: 50,
		Years: []funding.PotYear{{Year: 2026, Ceiling: 1_000_00}}})
	return err
}

// tellCall has the body of the programmes publish a call that is open and changed
// once, and keep the draft of another.
func tellCall(ctx context.Context, p *app.Portal) error {
	region := p.Places.Tree().Samples()[0]
	body, err := one(ctx, p, `SELECT funder_id FROM programmes ORDER BY id LIMIT 1`)
	if err != nil {
		return err
	}
	officer, err := actor(ctx, p, Officer, access.Grant{Role: access.Officer, Scope: region.ID})
	if err != nil {
		return err
	}
	words := i18n.Text{KK: "Ауыл жастарына гранттар", RU: "Гранты для молодежи села", EN: "Grants for village youth"}
	now := p.DB.Now()
	terms := funding.Terms{Kind: projects.StateSocialOrder, PlaceID: region.ID, Title: words, About: words, Who: words, Contacts: words, Spheres: []string{"youth"},
		Rounds: []funding.Round{{Opens: db.At(now), Closes: db.At(now.AddDate(0, 0, 40)), Sum: 30_000_000_00, Year: p.Funding.Today().Year()}},
		MinSum: 1_000_000_00, MaxSum: 10_000_000_00, MaxMonths: 12, Eligibility: funding.Ready(region)[:3],
		Criteria: []panels.Criterion{{Code: "need", Name: words, Weight: 60, Max: 5, Scale: []panels.Step{{Score: 5, Text: words}}}, {Code: "method", Name: words, Weight: 40, Max: 5}},
		PerWork:  3, Threshold: 70, Names: panels.NamesAfter, BudgetNorms: []funding.BudgetNorm{{Category: p.Norms.Book().Terms(norms.Categories)[0].Code, MaxShare: 30}},
		Papers: []funding.Paper{{Name: words, Required: true}}}
	c, err := p.Funding.CreateCall(ctx, officer, funding.NewCall{FunderID: body, Terms: terms, Sample: true})
	if err != nil {
		return err
	}
	if c, err = p.Funding.PublishCall(ctx, officer, c.ID, c.Version); err != nil {
		return err
	}
	terms = c.Terms
	terms.Contacts = i18n.Text{RU: "Кабинет 5"}
	if _, err = p.Funding.ReviseCall(ctx, officer, c.ID, c.Version, funding.Change{Terms: terms, Reason: words}); err != nil {
		return err
	}
	terms.Title = i18n.Text{KK: HiddenCall, RU: HiddenCall, EN: HiddenCall}
	_, err = p.Funding.CreateCall(ctx, officer, funding.NewCall{FunderID: body, Terms: terms, Sample: true})
	return err
}

// Reader is somebody of the sample with the given address, signed in; "" is a stranger.
func (s *Sample) Reader(email string) *Reader {
	s.T.Helper()
	if r, ok := s.readers[email]; ok {
		return r
	}
	if email == "" {
		s.readers[email] = s.Stranger()
		return s.readers[email]
	}
	password, ok := s.passwords[email]
	if !ok {
		s.T.Fatalf("the sample has nobody with the address %s", email)
	}
	r := s.Stranger()
	if a := r.Post("/ru/sign-in", url.Values{"email": {email}, "password": {password}}); a.Status != http.StatusSeeOther {
		s.T.Fatalf("%s cannot sign in: %d", email, a.Status)
	}
	s.readers[email] = r
	return r
}

// Password is with what somebody of the sample signs in.
func (s *Sample) Password(email string) string { return s.passwords[email] }

// NamesOfOthers lists what a reader may know of nobody else: names and addresses
// of private persons.
func (s *Sample) NamesOfOthers(reader string) (names []string) {
	s.T.Helper()
	s.Must(s.DB.View(s.T.Context(), func(tx *db.Tx) error {
		for _, column := range []string{"name", "email"} {
			some, err := db.All(s.T.Context(), tx, db.Value[string], `SELECT `+column+` FROM persons
				WHERE `+column+` <> '' AND email <> $1 ORDER BY id`, reader)
			if err != nil {
				return err
			}
			names = append(names, some...)
		}
		return nil
	}))
	return names
}

// formText is a form with a condition, a table and a limit, and one more question in
// its second version.
const formText = `# about
kk: Жоба туралы
ru: О проекте
en: About the project

goal: paragraph, required, 150 words, in kk ru
kk: Жобаның мақсаты қандай?
ru: Какова цель проекта?
en: What is the goal of the project?

kind: choice, required
kk: Жобаның түрі
ru: Вид проекта
en: Kind of project
- festival | Фестиваль | Фестиваль | Festival
- course | Курс | Курс | Course

stage: yes_no, required
kk: Сахна керек пе?
ru: Нужна ли сцена?
en: Is a stage needed?
if: kind == "festival"

costs: table, to 10
kk: Неге жұмсалады?
ru: На что пойдут деньги?
en: What is the money for?
+ what: text | Не | Что | What
+ sum: money | Сомасы | Сумма | Sum
`

// tellForm has the officer build a form in two versions and begin a third.
func tellForm(ctx context.Context, p *app.Portal) error {
	officer, err := actor(ctx, p, Officer, access.Grant{Role: access.Officer, Scope: p.Places.Tree().Samples()[0].ID})
	if err != nil {
		return err
	}
	owners, err := p.Funding.FormOwners(ctx, officer)
	if err != nil {
		return err
	}
	title := i18n.Text{KK: "Жастар жобасының өтінімі", RU: "Заявка молодёжного проекта", EN: "Application of a youth project"}
	f, err := p.Funding.CreateForm(ctx, officer, funding.NewForm{OwnerID: owners[0].ID, Title: title, Text: formText, Sample: true})
	if err != nil {
		return err
	}
	if _, err := p.Funding.PublishForm(ctx, officer, f.ID, 1, title); err != nil {
		return err
	}
	more := formText
	for version, line := range []string{"\nplan: file, documents, to 2, blind\nkk: Жоспар\nru: План\nen: Plan\n", "\nrules: statement, required\nkk: Ережемен таныстым\nru: С правилами ознакомлен\nen: I know the rules\n"} {
		more += line
		d, err := p.Funding.EditFormDraft(ctx, officer, f.ID, int64(version+1), func(forms.Form) (forms.Form, error) { return forms.Parse(more) })
		if err != nil || version > 0 {
			return err
		}
		if _, err := p.Funding.PublishForm(ctx, officer, f.ID, d.Version, title); err != nil {
			return err
		}
	}
	return nil
}
