package sample

import (
	"context"
	"fmt"
	"time"

	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// gathering is a forum of the sample while it is told.
type gathering struct {
	*teller
	made  forums.Forum
	halls []forums.Room
	lines []forums.Track
}

var (
	pastTheme = i18n.Text{KK: "Ауылдағы азаматтық сектор: жоспардан нәтижеге", RU: "Гражданский сектор на селе: от плана к результату", EN: "The civic sector in villages: from plan to result"}
	nowTheme  = i18n.Text{KK: "Бірге шешеміз: мемлекет, бизнес және ҮЕҰ", RU: "Решаем вместе: государство, бизнес и НПО", EN: "Deciding together: state, business and NGOs"}
	nextTheme = i18n.Text{KK: "Жастар және волонтерлік", RU: "Молодежь и волонтерство", EN: "Youth and volunteering"}
)

// planForums tells three forums: one that was held a year ago, one that runs, one
// for which people register.
func (t *teller) planForums() {
	past, now := &t.pastForum, &t.runningForum
	t.plan(t.today.AddDays(-420), func(ctx context.Context) (err error) {
		*past, err = t.gather(ctx, "I", pastTheme, t.today.AddDays(-365), 0)
		return err
	})
	t.plan(t.today.AddDays(-40), func(ctx context.Context) (err error) {
		*now, err = t.gather(ctx, "II", nowTheme, t.today, past.ID)
		return err
	})
	t.plan(t.today.AddDays(-365), func(ctx context.Context) error { return t.letIn(ctx, *past) })
	t.plan(t.today, func(ctx context.Context) error { return t.letIn(ctx, *now) })
	t.plan(t.today.AddDays(-365), func(ctx context.Context) error { return t.fillHall(ctx, *past, t.closeHall) })
	t.plan(t.today, func(ctx context.Context) error { return t.fillHall(ctx, *now) })
	t.plan(t.today.AddDays(-360), func(ctx context.Context) error { return t.remember(ctx, *past) })
	t.plan(t.today.AddDays(-12), func(ctx context.Context) error { return t.exhibit(ctx, *now) })
	t.plan(t.today.AddDays(-5), func(ctx context.Context) error {
		next, err := t.gather(ctx, "III", nextTheme, t.today.AddDays(45), now.ID)
		if err != nil {
			return err
		}
		return t.askStand(ctx, next, t.ngos[0].ID, forums.NewStand{})
	})
}

// gather makes a forum of two days, announces it and gives out its programme.
func (t *teller) gather(ctx context.Context, edition string, theme i18n.Text, first db.Date, previous ref.ID) (forums.Forum, error) {
	g := gathering{teller: t}
	var err error
	plan := forums.Plan{Theme: theme, Edition: edition, PlaceID: t.region.ID, City: districtNames[0], OrganizerID: t.states[0].ID, PreviousID: previous,
		From: first, Until: first.AddDays(1), RegistrationOpens: first.AddDays(-60), RegistrationCloses: first,
		Title: i18n.Text{KK: edition + " өңірлік азаматтық форум", RU: edition + " региональный гражданский форум", EN: "Regional Civic Forum " + edition},
		Venue: i18n.Text{KK: "Достық үйі", RU: "Дом дружбы", EN: "House of Friendship"},
		About: i18n.Text{KK: "Екі күн: бірінші күні пленарлық отырыс, секциялар мен көрме, екінші күні онлайн-бөлмелер және қарар.",
			RU: "Два дня: в первый – пленарное заседание, секции и выставка, во второй – онлайн-комнаты и резолюция.",
			EN: "Two days: a plenary session, sections and an exhibition on the first, online rooms and the resolution on the second."}}
	if g.made, err = t.Forums.Create(ctx, t.by, forums.NewForum{Plan: plan, Sample: true}); err != nil {
		return g.made, err
	}
	if g.made, err = t.Forums.Announce(ctx, t.by, g.made.ID); err != nil {
		return g.made, err
	}
	for _, step := range []func(context.Context) error{g.furnish, g.fill} {
		if err := step(ctx); err != nil {
			return g.made, err
		}
	}
	if _, err := t.Forums.ReleaseProgramme(ctx, t.by, g.made.ID); err != nil {
		return g.made, err
	}
	return g.made, g.takePart(ctx)
}

// furnish adds halls and lines of sessions.
func (g *gathering) furnish(ctx context.Context) error {
	for _, m := range []forums.Room{
		{Name: i18n.Text{KK: "Үлкен зал", RU: "Большой зал", EN: "Great hall"}, Seats: 400},
		{Name: i18n.Text{KK: "Кіші зал", RU: "Малый зал", EN: "Small hall"}, Seats: 80},
		{Name: i18n.Text{KK: "Онлайн-бөлме", RU: "Онлайн-комната", EN: "Online room"}, Online: true, Link: "https://video.example/birge"},
	} {
		m.ForumID = g.made.ID
		m, err := g.Forums.AddRoom(ctx, g.by, m)
		if err != nil {
			return err
		}
		g.halls = append(g.halls, m)
	}
	for _, name := range []i18n.Text{{KK: "Қаржыландыру", RU: "Финансирование", EN: "Funding"}, {KK: "Ауыл", RU: "Село", EN: "Villages"}} {
		k, err := g.Forums.AddTrack(ctx, g.by, g.made.ID, name)
		if err != nil {
			return err
		}
		g.lines = append(g.lines, k)
	}
	return nil
}

// fill plans the sessions.
func (g *gathering) fill(ctx context.Context) error {
	host := []forums.Person{{Duty: forums.Moderator, Name: "Айгүл Серікова", From: "Азаматтық альянс", Email: "moderator@sample.birge", Consented: true}}
	for _, x := range []struct {
		day, from, minutes int
		hall, line         int // counted from 1; 0 for none
		kind               forums.SessionKind
		title              i18n.Text
		people             []forums.Person
	}{
		{0, 9 * 60, 60, 1, 0, forums.Break, i18n.Text{KK: "Тіркеу", RU: "Регистрация", EN: "Registration"}, nil},
		{0, 10 * 60, 90, 1, 0, forums.Plenary, i18n.Text{KK: "Ашылу: өткен форумның қарары не болды", RU: "Открытие: что стало с прошлой резолюцией", EN: "Opening: what became of the last resolution"}, host},
		{0, 12 * 60, 90, 1, 1, forums.Section, i18n.Text{KK: "Мемлекеттік әлеуметтік тапсырыс: шарттарды қалай жақсартамыз", RU: "Государственный социальный заказ: как улучшить условия", EN: "The state social order: better terms"}, host},
		{0, 12 * 60, 90, 2, 2, forums.Section, i18n.Text{KK: "Ауылдағы ҮЕҰ: кадр және байланыс", RU: "НПО на селе: люди и связь", EN: "NGOs in villages: people and connection"}, nil},
		{0, 14 * 60, 180, 2, 0, forums.Exhibiting, i18n.Text{KK: "Жобалар көрмесі", RU: "Выставка проектов", EN: "Exhibition of projects"}, nil},
		{1, 10 * 60, 120, 3, 1, forums.Section, i18n.Text{KK: "Онлайн: бизнес пен ҮЕҰ", RU: "Онлайн: бизнес и НПО", EN: "Online: business and NGOs"}, nil},
		{1, 15 * 60, 60, 1, 0, forums.Plenary, i18n.Text{KK: "Қарар қабылдау", RU: "Принятие резолюции", EN: "Adoption of the resolution"}, host},
		{1, 16 * 60, 60, 1, 0, forums.Awarding, i18n.Text{KK: "Марапаттау", RU: "Награждение", EN: "Awards"}, nil},
	} {
		start := g.made.From.AddDays(x.day).In(g.Zone).Add(time.Duration(x.from) * time.Minute)
		n := forums.NewSession{SessionPlan: forums.SessionPlan{Kind: x.kind, Title: x.title, RoomID: g.halls[x.hall-1].ID, Starts: db.At(start), Ends: db.At(start.Add(time.Duration(x.minutes) * time.Minute))}, People: x.people}
		if x.hall == 2 && x.kind == forums.Section {
			n.Places = 2
		}
		if x.line > 0 {
			n.TrackID = g.lines[x.line-1].ID
		}
		if _, err := g.Forums.PlanSession(ctx, g.by, g.made.ID, 0, 0, n); err != nil {
			return err
		}
	}
	return nil
}

// register has people ask for a seat, and answers all but the last of them.
func (g *gathering) register(ctx context.Context) error {
	for _, q := range []struct {
		who   forums.Who
		seats int64
	}{{forums.RuralPeople, 4}, {forums.YoungPeople, 2}, {forums.Everybody, 5}} {
		if err := g.Forums.SetQuota(ctx, g.by, g.made.ID, q.who, q.seats); err != nil {
			return err
		}
	}
	const people = 14
	for i := range people {
		place, lang := g.districts[0].ID, i18n.KK
		if i%2 == 1 {
			place, lang = g.villages[g.districts[1].ID][i%6].ID, i18n.RU
		}
		n := forums.NewRegistration{Kind: forums.Groups[i%len(forums.Groups)], PlaceID: place, Young: i%5 == 0, Consent: true,
			Private: forums.Private{Name: fmt.Sprintf("Қатысушы %d", i+1), Email: fmt.Sprintf("participant%d@sample.birge", i+1), Lang: lang, Org: fmt.Sprintf("«Бірлік» №%d", i+1)}}
		if i == 0 {
			n.Needs = []forums.Need{"interpreting", "lodging"}
		}
		if err := g.Forums.Register(ctx, access.Actor{}, g.made.ID, n); err != nil {
			return err
		}
	}
	p, err := g.Forums.People(ctx, g.by, g.made.ID)
	if err != nil {
		return err
	}
	var ids []ref.ID
	for _, x := range p.List[:people-2] {
		ids = append(ids, x.ID)
	}
	return g.Forums.Answer(ctx, g.by, g.made.ID, ids, true)
}
