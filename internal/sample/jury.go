package sample

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"birge/internal/accounts"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// The people of the jury whose sign-ins are printed.
const (
	judgeEmail     = "judge@sample.birge"
	chairEmail     = "chair@sample.birge"
	secretaryEmail = "secretary@sample.birge"
)

// jury is who judges applications in the region, and who decides.
type jury struct {
	experts []access.Actor // the first one signs in
	body    panels.Body
	seats   []seat // chair, deputy, secretary, then the others
}

// seat is a member of the commission.
type seat struct {
	panels.BodyMember
	person access.Actor
}

const (
	expertCount = 10
	seatCount   = 7
)

// enrolJury has experts say what they know, and sets the commission up.
func (f *giving) enrolJury(ctx context.Context) error {
	for i := range expertCount {
		email, who := fmt.Sprintf("expert%d@sample.birge", i+1), ""
		if i == 0 {
			email, who = judgeEmail, "expert who judges"
		}
		by, err := f.enrol(ctx, fmt.Sprintf("Үлгі сарапшы №%d", i+1), email, who)
		if err != nil {
			return err
		}
		if _, err := f.Accounts.GiveRole(ctx, f.by, by.UserID, access.Expert, f.region.Ref()); err != nil {
			return err
		}
		by.Grants = []access.Grant{{Role: access.Expert, Scope: f.region.ID}}
		p := panels.Profile{PlaceID: f.districts[i%len(f.districts)].ID, Spheres: allSpheres(), Langs: []i18n.Lang{i18n.KK, i18n.RU}}
		if i == expertCount-1 {
			p.EmployerID = f.worthy(ownApplicants[2]).ID // is not drawn for what comes from there
		}
		if err := f.DB.Update(ctx, func(tx *db.Tx) error {
			_, err := f.Panels.PresentIn(ctx, tx, by, 0, p, true)
			return err
		}); err != nil {
			return fmt.Errorf("expert: %w", err)
		}
		f.jury.experts = append(f.jury.experts, by)
	}
	return f.setUpCommission(ctx)
}

// allSpheres are the spheres of all themes.
func allSpheres() (codes []string) {
	for _, th := range themes {
		codes = append(codes, th.sphere)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// enrol gives somebody an account; with who the sign-in is printed.
func (t *teller) enrol(ctx context.Context, name, email, who string) (access.Actor, error) {
	n := accounts.NewPerson{Name: name, Email: email, Lang: i18n.KK, Proved: true}
	if who != "" {
		n.Password = rand.Text()[:14]
	}
	p, err := t.Accounts.Enrol(ctx, t.by, n)
	if err != nil {
		return access.Actor{}, fmt.Errorf("%s: %w", email, err)
	}
	if who != "" {
		t.people = append(t.people, SignIn{who, email, n.Password})
	}
	return access.Actor{UserID: p.ID, Confirmed: true}, nil
}

func (f *giving) setUpCommission(ctx context.Context) (err error) {
	body, err := f.Orgs.ByID(ctx, f.body)
	if err != nil {
		return err
	}
	f.jury.body, err = f.Panels.SetUp(ctx, f.by, panels.NewBody{Owner: body.Ref(), PlaceID: f.region.ID, Kind: panels.Commission, Sample: true,
		Name:  i18n.Text{KK: "Әлеуметтік тапсырыс жөніндегі комиссия", RU: "Комиссия по социальному заказу", EN: "Commission for the social order"},
		About: i18n.Text{KK: "Сарапшылар бағалағаннан кейін қай жобалар қаржыландырылатынын шешеді.", RU: "После экспертов решает, какие проекты получат деньги.", EN: "Decides after the experts which projects are funded."},
		Rules: panels.Rules{QuorumFrom: panels.FromAll, Majority: panels.OfPresent, ChairDecides: true}})
	if err != nil {
		return fmt.Errorf("commission: %w", err)
	}
	for i := range seatCount {
		email, who, duty := fmt.Sprintf("member%d@sample.birge", i+1), "", panels.Plain
		switch i {
		case 0:
			email, who, duty = chairEmail, "chair of the commission", panels.Chair
		case 1:
			duty = panels.Deputy
		case 2:
			email, who, duty = secretaryEmail, "its secretary", panels.Secretary
		}
		person, err := f.enrol(ctx, fmt.Sprintf("Үлгі мүше №%d", i+1), email, who)
		if err != nil {
			return err
		}
		m, err := f.Panels.Seat(ctx, f.by, f.jury.body.ID, panels.NewMember{Email: email, Post: posts[i%len(posts)], Duty: duty, Votes: true, Since: f.day()})
		if err != nil {
			return fmt.Errorf("seat: %w", err)
		}
		f.jury.seats = append(f.jury.seats, seat{m, person})
	}
	return nil
}

var posts = []i18n.Text{
	{KK: "басқарма басшысының орынбасары", RU: "заместитель руководителя управления", EN: "deputy head of the department"},
	{KK: "бөлім басшысы", RU: "руководитель отдела", EN: "head of a division"},
	{KK: "бас маман", RU: "главный специалист", EN: "chief specialist"},
	{KK: "қоғамдық кеңестің өкілі", RU: "представитель общественного совета", EN: "of the public council"},
	{KK: "мәслихат хатшылығының өкілі", RU: "представитель аппарата маслихата", EN: "of the maslikhat's staff"},
	{KK: "университет оқытушысы", RU: "преподаватель университета", EN: "teacher at the university"},
	{KK: "үкіметтік емес ұйымдар қауымдастығының өкілі", RU: "представитель ассоциации НПО", EN: "of the association of NGOs"},
}

// draw freezes the lists of a panel; two parties, the one who pays and a council of
// citizens, bind themselves the day after, and open their numbers another day later.
func (f *giving) draw(ctx context.Context, panel, payer ref.ID) error {
	council := f.council()
	parts := map[ref.ID]string{payer: "лотерея барабаны: 17 4 39 22 8", council.ID: "ашық жиында айтылған сандар: 61 3 90 45"}
	funder, err := f.Orgs.ByID(ctx, payer)
	if err != nil {
		return err
	}
	parties := []orgs.Organization{funder, council}
	if err := f.Panels.Freeze(ctx, f.by, panel); err != nil {
		return fmt.Errorf("freeze: %w", err)
	}
	for _, o := range parties {
		if err := f.Panels.InviteParty(ctx, f.by, panel, o.Ref()); err != nil {
			return fmt.Errorf("party: %w", err)
		}
	}
	f.plan(f.day().AddDays(1), func(ctx context.Context) error {
		for _, o := range parties {
			if err := f.Panels.CommitPart(ctx, f.speaker(o.ID), panel, o.ID, panels.CommitTo(parts[o.ID])); err != nil {
				return fmt.Errorf("part: %w", err)
			}
		}
		return nil
	})
	f.plan(f.day().AddDays(2), func(ctx context.Context) error {
		for _, o := range parties {
			if err := f.Panels.OpenPart(ctx, f.speaker(o.ID), panel, o.ID, parts[o.ID]); err != nil {
				return fmt.Errorf("part: %w", err)
			}
		}
		return nil
	})
	return nil
}

// council is the first council of citizens of the region.
func (f *giving) council() orgs.Organization { return f.councils[0] }

// marks has one expert declare what ties there are (none) and mark what is theirs
// in a panel. worth says by the Kazakh title what a work deserves, of 10.
func (f *giving) marks(ctx context.Context, expert int, panel ref.ID, worth map[string]int) error {
	return f.judge(ctx, expert, panel, worth, f.luck)
}

// judge is marks where luck says what each mark has above what the work deserves.
func (f *giving) judge(ctx context.Context, expert int, panel ref.ID, worth map[string]int, luck func() int) error {
	by := f.jury.experts[expert]
	tasks, err := f.tasks(ctx, by, panel)
	if err != nil || len(tasks) == 0 {
		return err
	}
	if err := f.Panels.DeclareIn(ctx, by, panel, nil, ""); err != nil {
		return fmt.Errorf("declaration: %w", err)
	}
	for _, x := range tasks {
		sheet, err := f.Panels.Sheet(ctx, by, x.Assignment.ID, i18n.KK)
		if err != nil {
			return err
		}
		if err := f.Panels.Submit(ctx, by, x.Assignment.ID, f.scores(expert, x.Panel.Criteria, worth[sheet.Title.KK], luck)); err != nil {
			return fmt.Errorf("marks: %w", err)
		}
	}
	return nil
}

// tasks are what waits for an expert in a panel.
func (f *giving) tasks(ctx context.Context, by access.Actor, panel ref.ID) ([]panels.Task, error) {
	list, err := f.Panels.Tasks(ctx, by)
	return slices.DeleteFunc(list, func(x panels.Task) bool { return x.PanelID != panel || !x.Waits() }), err
}

// scores are what an expert gives a work: some are strict, some are generous.
func (f *giving) scores(expert int, criteria []panels.Criterion, worth int, luck func() int) (list []panels.Score) {
	lang := langOf(expert)
	for i, c := range criteria {
		points := min(max(worth+[]int{0, 1, -1, 0, 0}[expert%5]+luck(), 0), c.Max)
		level := min(points*3/(c.Max+1), 2)
		said := remarks[i%len(remarks)][level]
		list = append(list, panels.Score{Code: c.Code, Points: points, Comment: said.Get(lang)})
	}
	return list
}

// luck is a point more in half of the marks.
func (t *teller) luck() int { return t.between(0, 1) }

// plainly marks without luck, so that what is told later stays as it is.
func plainly() int { return 0 }

// meet has the commission decide about a thing: it is invited now, meets some days
// later, and signs its minutes in time. then runs on the day after the meeting.
func (f *giving) meet(ctx context.Context, thing ref.Ref, about, motion i18n.Text, then func(ctx context.Context) error) error {
	return f.meetOn(ctx, func(meeting ref.ID) error { return f.Funding.PutOnAgenda(ctx, f.by, thing, meeting, about, motion) }, then)
}

// meetOn is meet about what put lays on the agenda of a meeting.
func (f *giving) meetOn(ctx context.Context, put func(meeting ref.ID) error, then func(ctx context.Context) error) error {
	on := f.Panels.Norms.Book().Calendar().AddWorkingDays(f.day(), 3) // as its notice asks
	secretary := f.jury.seats[2].person
	m, err := f.Panels.Plan(ctx, f.by, f.jury.body.ID, panels.When{StartsAt: db.At(on.In(f.Zone).Add(11 * time.Hour)),
		Place: i18n.Text{KK: "Әкімдік, 2-қабат, мәжіліс залы", RU: "Акимат, 2 этаж, зал заседаний", EN: "Akimat, 2nd floor, assembly hall"}})
	if err != nil {
		return fmt.Errorf("meeting: %w", err)
	}
	if err := put(m.ID); err != nil {
		return fmt.Errorf("agenda: %w", err)
	}
	if _, err := f.Panels.AddItem(ctx, secretary, m.ID, panels.NewItem{Title: nextMeeting[0], Proposal: nextMeeting[1]}); err != nil {
		return err
	}
	if err := f.Panels.Invite(ctx, secretary, m.ID, i18n.Text{}); err != nil {
		return err
	}
	f.plan(on, func(ctx context.Context) error { return f.sit(ctx, m.ID) })
	f.plan(on.AddDays(1), then)
	f.plan(on.AddDays(1), func(ctx context.Context) error { return f.Panels.Sign(ctx, secretary, m.ID) })
	f.plan(on.AddDays(2), func(ctx context.Context) error { return f.Panels.Sign(ctx, f.jury.seats[0].person, m.ID) })
	return nil
}

var nextMeeting = [2]i18n.Text{
	{KK: "Келесі отырыстың күні туралы", RU: "О дате следующего заседания", EN: "On the day of the next meeting"},
	{KK: "Келесі отырыс келісімдерге қол қойылғаннан кейін өткізілсін.", RU: "Провести следующее заседание после подписания договоров.", EN: "The next meeting is to be held after the agreements are signed."},
}

// sit is the meeting itself: one member does not come, one joins from afar, one
// takes no part in the first question, and the clock of the room goes on.
func (f *giving) sit(ctx context.Context, meeting ref.ID) error {
	secretary := f.jury.seats[2].person
	here, remote := []ref.ID{}, []ref.ID{f.jury.seats[4].ID}
	for i, s := range f.jury.seats[:seatCount-1] {
		if i != 4 {
			here = append(here, s.ID)
		}
	}
	f.wait(50 * time.Minute)
	if err := f.Panels.Attend(ctx, secretary, meeting, here, remote); err != nil {
		return fmt.Errorf("attendance: %w", err)
	}
	f.wait(10 * time.Minute)
	if err := f.Panels.Begin(ctx, secretary, meeting); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	v, err := f.Panels.Meeting(ctx, secretary, meeting)
	if err != nil {
		return err
	}
	heard := map[ref.ID]i18n.Text{}
	for n, item := range v.Items {
		if err := f.decide(ctx, item, n == 0); err != nil {
			return fmt.Errorf("item: %w", err)
		}
		heard[item.ID] = heardAt[n%len(heardAt)]
	}
	if err := f.Panels.End(ctx, secretary, meeting, i18n.Text{}); err != nil {
		return err
	}
	if v, err = f.Panels.Meeting(ctx, secretary, meeting); err != nil {
		return err
	}
	return f.Panels.Write(ctx, secretary, meeting, v.Meeting.Version, panels.Heard{Items: heard})
}

// decide takes one question up and has it voted on.
func (f *giving) decide(ctx context.Context, item panels.Item, first bool) error {
	secretary := f.jury.seats[2].person
	if err := f.Panels.TakeUp(ctx, secretary, item.ID, nil); err != nil {
		return err
	}
	for i, s := range f.jury.seats[:seatCount-1] {
		f.wait(time.Minute)
		choice := panels.For
		switch {
		case first && i == 3:
			if err := f.Panels.RecuseFrom(ctx, s.person, item.ID, "туысым өтінім берген ұйымда жұмыс істейді"); err != nil {
				return err
			}
			continue
		case first && i == 5:
			choice = panels.Abstain
		}
		if err := f.Panels.Vote(ctx, s.person, item.ID, s.ID, choice); err != nil {
			return err
		}
	}
	f.wait(5 * time.Minute)
	return f.Panels.CloseVote(ctx, secretary, item.ID)
}

// wait moves the clock on within a day that is over.
func (t *teller) wait(d time.Duration) { t.clock.set(t.clock.Now().Add(d)) }

var heardAt = []i18n.Text{
	{KK: "Хатшы бағалардың ретін, түзетілген және түзетілмеген балдарды, қаржы шегін таныстырды. Мүшелер ретінен ауытқудың себебін талқылады.",
		RU: "Секретарь представил порядок оценок, исходные и исправленные баллы и границу денег. Члены комиссии обсудили причину отступления от порядка.",
		EN: "The secretary presented the order of the marks, the raw and the corrected points and where the money ends. The members discussed why the decision departs from the order."},
	{KK: "Ұсыныс талқылаусыз дауысқа салынды.", RU: "Предложение поставлено на голосование без обсуждения.", EN: "The proposal was put to the vote without debate."},
}
