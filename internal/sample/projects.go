package sample

import (
	"context"
	"fmt"
	"time"

	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

const (
	projectCount = 134
	tiyn         = 100
)

func (t *teller) tellProgrammes(ctx context.Context) error {
	year := t.today.Year()
	for i, x := range []struct{ title, about i18n.Text }{
		{i18n.Text{KK: "Азаматтық бастамаларды қолдау", RU: "Поддержка гражданских инициатив", EN: "Support of civic initiatives"},
			i18n.Text{KK: "Тұрғындардың өз ауласын, мектебін және ауылын жақсартуға арналған бастамаларын төлейді.", RU: "Платит за начинания жителей, которые улучшают свой двор, школу и село.", EN: "Pays for what residents begin to better their yard, school and village."}},
		{i18n.Text{KK: "Ауыл дамуы", RU: "Развитие сёл", EN: "Development of villages"},
			i18n.Text{KK: "Аудандар мен ауылдардағы үйірмелер, кеңестер және көшпелі көмек.", RU: "Кружки, консультации и выездная помощь в районах и сёлах.", EN: "Clubs, advice and visiting help in districts and villages."}},
		{i18n.Text{KK: "Жастар мүмкіндігі", RU: "Возможности молодых", EN: "Chances for the young"},
			i18n.Text{KK: "Жастардың алғашқы ісі, тәлімгерлік және ерікті қызмет.", RU: "Первое дело, наставничество и добровольчество молодых.", EN: "First ventures, mentoring and volunteering of the young."}},
	} {
		programme := projects.Programme{Title: x.title, About: x.about, FunderID: t.states[i%len(t.states)].ID,
			PlaceID: t.region.ID, From: year - 3, To: year + 2, Sample: true}
		if i == 1 {
			programme.RunnerID = t.ngos[1].ID
		}
		for y := programme.From; y <= programme.To; y++ {
			programme.Years = append(programme.Years, projects.YearPlan{Year: y, Sum: int64(120+15*(y-programme.From)) * 1_000_000 * tiyn})
		}
		p, err := t.Projects.CreateProgramme(ctx, t.by, programme)
		if err != nil {
			return err
		}
		t.programmes = append(t.programmes, p)
	}
	return nil
}

// planProjects plans the beginning of every project; each plans the rest itself.
func (t *teller) planProjects() {
	first := db.Day(t.today.Year()-3, time.February, 1)
	days := first.DaysUntil(t.today)
	count := t.of(projectCount)
	for i := range count {
		on := first.AddDays(i * days / count)
		org := t.ngos[i*7%len(t.ngos)]
		if i%12 == 5 {
			org = t.ngos[0] // the organization whose lead signs in has a story to tell
		}
		t.plan(on, func(ctx context.Context) error { return t.begin(ctx, i, org, on) })
	}
}

// story is one project while it is told.
type story struct {
	projects.Project
	theme    theme
	punctual int // reports of a hundred that come in time
}

func (t *teller) begin(ctx context.Context, i int, org orgs.Organization, on db.Date) error {
	s := &story{theme: themes[i%len(themes)], punctual: 88}
	if i%9 == 4 {
		s.punctual = 45
	}
	funder, kind := t.funder(i)
	plan := t.planOf(s.theme, on, i, kind)
	plan.Partners = t.partnersOf(i, org.ID)
	n := projects.NewProject{OrgID: org.ID, FunderID: funder, Plan: plan, Sample: true}
	if kind == projects.StateSocialOrder {
		p := t.programmes[i%len(t.programmes)]
		n.FunderID, n.Programme = p.FunderID, p.ID
	}
	p, err := t.Projects.Create(ctx, t.by, n)
	if err != nil {
		return fmt.Errorf("project %d: %w", i, err)
	}
	s.Project = p
	if i%19 == 7 {
		t.plan(on.AddDays(21), func(ctx context.Context) error {
			_, err := t.Projects.Cancel(ctx, t.by, p.ID, p.Version, i18n.Text{KK: "Ұйым жобадан бас тартты.", RU: "Организация отказалась от проекта.", EN: "The organization withdrew."})
			return err
		})
		return nil
	}
	t.plan(on.AddDays(t.between(14, 30)), func(ctx context.Context) error { return t.agree(ctx, s, i) })
	return nil
}

func (t *teller) funder(i int) (ref.ID, string) {
	switch i % 10 {
	case 0, 1, 2, 3, 4:
		return t.states[i%len(t.states)].ID, projects.StateSocialOrder
	case 5, 6:
		return t.states[0].ID, projects.StateGrant
	case 7:
		return t.states[i%len(t.states)].ID, projects.Partnership
	case 8:
		return t.sponsors[i%len(t.sponsors)].ID, projects.Business
	}
	return 0, projects.Own
}

// planOf makes a plan of one to three years from the month after on.
func (t *teller) planOf(th theme, on db.Date, i int, kind string) projects.Plan {
	years := 1 + i%3
	place := t.somewhere()
	y, m, _ := on.Date()
	starts := db.Day(y, m+2, 1)
	ends := db.Day(y, m+2+time.Month(years*10), 0)
	p := projects.Plan{
		Title:   i18n.Text{KK: th.title.KK + ": " + place.Name.KK, RU: th.title.RU + ": " + place.Name.RU, EN: th.title.EN + ": " + place.Name.EN},
		Summary: th.summary, Need: th.need, PlaceID: place.ID, Sphere: th.sphere, TargetGroups: []string{th.group},
		Beneficiaries: int64(th.target * years), ForChildren: th.children, SDGs: []string{th.sdg},
		Starts: starts, Ends: ends, FundingKind: kind, Currency: "KZT",
	}
	p.Reach = map[string]int64{th.group: p.Beneficiaries}
	// Clubs and contests in schools are held openly; a few are not.
	p.Openly = (th.group == "children" || th.group == "teenagers") && i%5 != 0
	if years > 1 {
		p.MorePlaces = []ref.ID{t.somewhere().ID}
	}
	t.money(&p, kind)
	p.Indicators = []projects.Indicator{{Name: th.indicator, Unit: th.unit, Measure: projects.Number, Adding: projects.PerPeriod,
		Baseline: projects.NumberOf(0), Target: projects.NumberOf(int64(th.target*years) * projects.Thousandth),
		Source: i18n.Text{KK: "қатысу парақтары", RU: "листы посещения", EN: "attendance lists"}}}
	return p
}

// money gives a plan its sums: by year, in tranches of half a year, in lines.
func (t *teller) money(p *projects.Plan, kind string) {
	yearly := int64(t.between(24, 140)) * 50_000 * tiyn
	for y := p.Starts.Year(); y <= p.Ends.Year(); y++ {
		p.Years = append(p.Years, projects.YearPlan{Year: y, Sum: yearly})
		p.Sum += yearly
		if kind == projects.Own {
			continue
		}
		due, when := db.Day(y, time.March, 25), i18n.Text{KK: "алдыңғы есеп қабылданды", RU: "предыдущий отчет принят", EN: "the report before is accepted"}
		if y == p.Starts.Year() {
			due, when = p.Starts.AddDays(14), i18n.Text{KK: "шарт жасалды", RU: "договор заключен", EN: "the agreement is signed"}
		}
		p.Tranches = append(p.Tranches, projects.Tranche{Sum: yearly, Due: due, Condition: when})
	}
	rest := p.Sum
	for i, name := range lineNames {
		sum := p.Sum / 100 * int64(lineShares[i])
		if i == len(lineNames)-1 {
			sum = rest
		}
		rest -= sum
		p.Lines = append(p.Lines, projects.Line{Name: name, Sum: sum})
	}
}

var lineShares = []int{38, 22, 18, 12, 10}

var lineNames = []i18n.Text{
	{KK: "Мамандардың еңбекақысы", RU: "Оплата труда специалистов", EN: "Pay of specialists"},
	{KK: "Іс-шаралар өткізу", RU: "Проведение мероприятий", EN: "Events"},
	{KK: "Жабдық", RU: "Оборудование", EN: "Equipment"},
	{KK: "Көлік шығыны", RU: "Транспорт", EN: "Transport"},
	{KK: "Баспа және байланыс", RU: "Печать и связь", EN: "Print and communication"},
}

func (t *teller) agree(ctx context.Context, s *story, i int) error {
	rhythm := projects.Quarterly
	if i%4 == 1 {
		rhythm = projects.HalfYearly
	}
	p, err := t.Projects.Agree(ctx, t.by, s.ID, s.Version, projects.Agreement{
		Number: fmt.Sprintf("%d-%03d", s.Starts.Year(), i+1), AgreedOn: t.day(), Rhythm: rhythm, Days: 10})
	if err != nil {
		return fmt.Errorf("agreement %d: %w", i, err)
	}
	s.Project = p
	if i%5 == 0 {
		if err := t.agreementPaper(ctx, s); err != nil {
			return err
		}
	}
	if i%4 == 2 {
		t.plan(p.Starts.AddDays(120), func(ctx context.Context) error { return t.published(ctx, s, i) })
	}
	if i%23 == 11 {
		t.plan(p.Starts.AddDays(150), func(ctx context.Context) error {
			now, err := t.Projects.Terminate(ctx, t.by, s.ID, s.Version, i18n.Text{KK: "Шарт тараптардың келісімімен бұзылды.", RU: "Договор расторгнут по соглашению сторон.", EN: "The agreement was ended by both sides."})
			if err == nil {
				s.Project = now
			}
			return err
		})
	}
	t.carryOut(s)
	return nil
}

// carryOut plans what happens in a project from its agreement on: payments, events
// and reports.
func (t *teller) carryOut(s *story) {
	p := s.Project
	for _, tr := range p.Tranches {
		if tr.After > 0 {
			continue // paid when the report is accepted
		}
		on := tr.Due.AddDays(-t.between(0, 6))
		if on.Before(p.AgreedOn) {
			on = p.AgreedOn.AddDays(2)
		}
		t.plan(on, func(ctx context.Context) error { return t.pay(ctx, s, tr) })
	}
	for d := p.Starts.AddDays(t.between(6, 20)); d.Before(p.Ends) && !d.After(t.today.AddDays(45)); d = d.AddDays(t.between(24, 48)) {
		t.planEvent(s, d)
	}
	for _, due := range p.Schedule {
		on := due.Due.AddDays(-t.between(0, 7))
		if !t.often(s.punctual) {
			on = due.Due.AddDays(t.between(3, 70))
		}
		t.plan(on, func(ctx context.Context) error { return t.report(ctx, s, due) })
	}
}

// lead is the sample speaking for the organization of a story.
func (t *teller) lead(s *story) access.Actor {
	a := t.by
	a.Grants = []access.Grant{{Role: access.Lead, Scope: s.OrgID}}
	return a.As(access.Lead, s.OrgID)
}

// day is the day that the clock shows.
func (t *teller) day() db.Date { return db.DateOf(t.clock.Now().In(t.Zone)) }

func (s *story) over() bool { return !s.TerminatedOn.IsZero() || !s.ClosedOn.IsZero() }

func (t *teller) pay(ctx context.Context, s *story, tr projects.Tranche) error {
	if s.over() {
		return nil
	}
	p, err := t.Projects.Pay(ctx, t.by, s.ID, tr.ID, tr.Sum, t.day())
	if err != nil {
		return fmt.Errorf("tranche: %w", err)
	}
	s.Project = p
	return nil
}

// planEvent announces an event two weeks before it and, as a rule, confirms it
// within days.
func (t *teller) planEvent(s *story, on db.Date) {
	announced := on.AddDays(-14)
	if announced.Before(s.AgreedOn) {
		announced = s.AgreedOn
	}
	t.plan(announced, func(ctx context.Context) error {
		if s.over() {
			return nil
		}
		e, err := t.Projects.AnnounceEvent(ctx, t.lead(s), s.ID, projects.Announcement{Title: s.theme.event, PlaceID: s.PlaceID, On: on,
			Hour: fmt.Sprintf("%02d:00", t.between(10, 17)), Open: true}, false)
		if err != nil {
			return fmt.Errorf("event: %w", err)
		}
		if !t.often(90) {
			return nil // nobody confirmed it: the page says so
		}
		t.plan(on.AddDays(t.between(1, 5)), func(ctx context.Context) error {
			e, err := t.Projects.ConfirmEvent(ctx, t.lead(s), e.ID, projects.Confirmation{HeldOn: on, Headcount: int64(t.between(12, 95)), Method: projects.ByList})
			if err != nil || e.Closed || !t.often(15) {
				return err
			}
			return t.picturesOf(ctx, s, e)
		})
		return nil
	})
}

// report tells of one period, and plans the answer to it.
func (t *teller) report(ctx context.Context, s *story, due projects.DueReport) error {
	if s.over() {
		return nil
	}
	if next, ok := s.NextReport(); !ok || next.No != due.No {
		return nil // an earlier one is still missing
	}
	r, err := t.Projects.SaveDraft(ctx, t.lead(s), s.ID, due.No, 0, t.reportText(s, due))
	if err != nil {
		return fmt.Errorf("report draft: %w", err)
	}
	if len(s.Indicators) > 0 && s.OrgID == t.ngos[0].ID {
		if err := t.attendance(ctx, s, r.ID); err != nil {
			return err
		}
	}
	if r, err = t.Projects.SubmitReport(ctx, t.lead(s), r.ID, r.Version); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := t.reread(ctx, s); err != nil {
		return err
	}
	t.plan(t.day().AddDays(t.between(4, 12)), func(ctx context.Context) error {
		if s.over() {
			return nil
		}
		if _, err := t.Projects.AcceptReport(ctx, t.by, r.ID, r.Version); err != nil {
			return fmt.Errorf("acceptance: %w", err)
		}
		for _, tr := range s.Tranches {
			if tr.After == due.No {
				t.plan(t.day().AddDays(4), func(ctx context.Context) error { return t.pay(ctx, s, tr) })
			}
		}
		return t.reread(ctx, s)
	})
	return nil
}

func (t *teller) reread(ctx context.Context, s *story) error {
	st, err := t.Projects.Story(ctx, t.by, s.ID)
	if err == nil {
		s.Project = st.Project
	}
	return err
}

// reportText spends an even part of each line and reaches an even part of the
// target, a little more or less.
func (t *teller) reportText(s *story, due projects.DueReport) projects.ReportText {
	parts := int64(max(1, len(s.Schedule)))
	text := projects.ReportText{
		Summary:       i18n.Text{KK: "Кезеңде жоспарланған жұмыс орындалды. " + s.theme.summary.KK, RU: "Запланированное на период выполнено. " + s.theme.summary.RU, EN: "What was planned for the period was done. " + s.theme.summary.EN},
		Beneficiaries: s.Beneficiaries / parts,
	}
	for _, l := range s.Lines {
		if sum := l.Sum / parts / 100 * int64(t.between(80, 99)); sum > 0 {
			text.Spendings = append(text.Spendings, projects.Spending{Line: l.ID, Year: due.To.Year(), Sum: sum})
		}
	}
	for _, ind := range s.Indicators {
		reached := ind.Target.A / parts / 100 * int64(t.between(70, 112)) / projects.Thousandth * projects.Thousandth
		text.Actuals = append(text.Actuals, projects.Actual{Indicator: ind.ID, Value: projects.NumberOf(reached),
			Evidence: i18n.Text{KK: "қатысу парақтары", RU: "листы посещения", EN: "attendance lists"}})
	}
	return text
}
