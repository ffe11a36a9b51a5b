package sample

import (
	"context"
	"fmt"

	"birge/internal/awards"
	"birge/internal/panels"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// awardTerms are what the region's prize of money for NGOs says.
func (f *giving) awardTerms(year int) awards.Terms {
	no := fmt.Sprint(year)
	return awards.Terms{Kind: awards.Money, Who: awards.Everyone, Persons: true, PerWork: 3, Spread: 40, BodyID: f.jury.body.ID,
		Title: i18n.Text{KK: "«Бірге» сыйлықақысы – " + no, RU: "Премия «Бірге» – " + no, EN: "“Birge” prize – " + no},
		About: i18n.Text{KK: "Өңір тұрғындарына ең көп пайда келтірген ұйымдарға беріледі.", RU: "Вручается организациям, которые больше всего сделали для жителей региона.", EN: "For organizations that did most for the people of the region."},
		Nominations: []awards.Nomination{
			{Title: i18n.Text{KK: "Үздік ауыл ҮЕҰ-ы", RU: "Лучшее сельское НПО", EN: "Best rural NGO"}, Sum: 12 * million},
			{Title: i18n.Text{KK: "Волонтерлік қызметі үшін", RU: "За волонтерскую службу", EN: "For volunteer service"}, Sum: 10 * million},
		},
		Criteria: []panels.Criterion{
			{Code: "use", Weight: 50, Max: 10, Name: i18n.Text{KK: "Адамдарға пайдасы", RU: "Польза людям", EN: "Use to people"}},
			{Code: "record", Weight: 30, Max: 10, Name: i18n.Text{KK: "Порталдағы есептері", RU: "Отчеты на портале", EN: "Record on the portal"}},
			{Code: "example", Weight: 20, Max: 10, Name: i18n.Text{KK: "Үлгі болуы", RU: "Пример для других", EN: "Example to others"}},
		}}
}

// giveAwards tells of an award from its announcement to its laureates.
func (f *giving) giveAwards(ctx context.Context) error {
	t := f.awardTerms(f.day().Year())
	t.Opens, t.Closes = f.day(), f.day().AddDays(20)
	r, err := f.announce(ctx, t)
	if err != nil {
		return err
	}
	f.plan(f.day().AddDays(6), func(ctx context.Context) error { return f.nominate(ctx, r, deserved, 0, 1, 2, 3, 4, 5) })
	f.plan(f.day().AddDays(23), func(ctx context.Context) error { return f.judgeAward(ctx, r) })
	return nil
}

// announce makes a round and publishes it.
func (f *giving) announce(ctx context.Context, t awards.Terms) (awards.Round, error) {
	r, err := f.Awards.CreateRound(ctx, f.by, awards.NewRound{OrganizerID: f.body, PlaceID: f.region.ID, Terms: t, Sample: true})
	if err == nil {
		r, err = f.Awards.PublishRound(ctx, f.by, r.ID, 0)
	}
	if err != nil {
		return r, fmt.Errorf("award: %w", err)
	}
	return r, nil
}

var deserved = i18n.Text{
	KK: "Үш жылдан бері ауылдағы балалар мен қарттарға тұрақты көмектеседі, есебін уақытында береді.",
	RU: "Три года постоянно помогает детям и пожилым в селах и вовремя отчитывается.",
	EN: "Has helped children and old people in villages for three years, and reports in time.",
}

// nominate puts organizations forward, by turns in both nominations.
func (f *giving) nominate(ctx context.Context, r awards.Round, why i18n.Text, which ...int) error {
	for _, i := range which {
		o := f.worthy(ownApplicants[i])
		evidence, err := f.Awards.Evidence(ctx, o.ID)
		if err != nil {
			return err
		}
		var ids []ref.ID
		for _, e := range evidence[:min(len(evidence), 2)] {
			ids = append(ids, e.ID)
		}
		if _, err := f.Awards.Nominate(ctx, f.speaker(o.ID), r.ID, awards.NewNominee{Nomination: 1 + i%2, OrgID: o.ID, Why: why, Evidence: ids}); err != nil {
			return fmt.Errorf("nominee: %w", err)
		}
	}
	return nil
}

// admitTo admits the nominees of a round, and gives the panel whose jury is drawn and
// what each deserves. The last one is refused where why says for what.
func (f *giving) admitTo(ctx context.Context, r awards.Round, why i18n.Text) (panel ref.ID, worth map[string]int, err error) {
	c, err := f.Awards.Candidates(ctx, f.by, r.ID)
	if err != nil {
		return 0, nil, err
	}
	worth = map[string]int{}
	for i, n := range c.List {
		var because i18n.Text
		if i == len(c.List)-1 {
			because = why
		}
		if err := f.Awards.Judge(ctx, f.by, n.ID, because.IsZero(), because); err != nil {
			return 0, nil, fmt.Errorf("nominee: %w", err)
		}
		worth[c.Orgs[n.OrgID].Title.KK] = 9 - i
	}
	p, err := f.Awards.OpenPanel(ctx, f.by, r.ID, f.day().AddDays(12))
	if err != nil {
		return 0, nil, fmt.Errorf("jury: %w", err)
	}
	return p.ID, worth, f.draw(ctx, p.ID, f.body)
}

// judgeAward admits all nominees but the last and has the jury drawn and marking.
func (f *giving) judgeAward(ctx context.Context, r awards.Round) error {
	panel, worth, err := f.admitTo(ctx, r, i18n.Text{KK: "Дәлел ретінде бірде-бір жоба көрсетілмеген.", RU: "Не указан ни один проект в подтверждение.", EN: "No project is named as evidence."})
	if err != nil {
		return err
	}
	for k := range f.jury.experts {
		f.plan(f.day().AddDays(5), func(ctx context.Context) error { return f.marks(ctx, k, panel, worth) })
	}
	f.plan(f.day().AddDays(8), func(ctx context.Context) error { return f.decideAward(ctx, r, panel, worth) })
	return nil
}

// decideAward opens the marks and has the commission say who wins: the best of each
// nomination, and in the first one two share the money.
func (f *giving) decideAward(ctx context.Context, r awards.Round, panel ref.ID, worth map[string]int) error {
	for k := range f.jury.experts {
		if err := f.marks(ctx, k, panel, worth); err != nil {
			return err
		}
	}
	if err := f.Panels.Reveal(ctx, f.by, panel, i18n.Text{}); err != nil {
		return fmt.Errorf("marks: %w", err)
	}
	if err := f.choose(ctx, r, map[int]int{1: 2, 2: 1}, deserved); err != nil {
		return err
	}
	motion := i18n.Text{KK: "Лауреаттар ұсынылған тізім бойынша бекітілсін.", RU: "Утвердить лауреатов по внесенному списку.", EN: "Approve the laureates by the list that was put."}
	put := func(meeting ref.ID) error { return f.Awards.PutOnAgenda(ctx, f.by, r.ID, meeting, r.Title, motion) }
	return f.meetOn(ctx, put, func(ctx context.Context) error {
		_, err := f.Awards.PublishDecision(ctx, f.by, r.ID, 0)
		return err
	})
}

// openAward announces the award of this year, for which candidates are put forward,
// and begins to write one of medals.
func (f *giving) openAward(ctx context.Context) error {
	t := f.awardTerms(f.day().Year() + 1)
	t.Opens, t.Closes = f.day(), f.day().AddDays(40)
	r, err := f.announce(ctx, t)
	if err != nil {
		return err
	}
	if err := f.nominate(ctx, r, deserved, 0, 6, 7); err != nil {
		return err
	}
	t = f.awardTerms(f.day().Year())
	t.Kind, t.Opens, t.Closes = awards.Medal, f.day().AddDays(30), f.day().AddDays(60)
	t.Title = i18n.Text{KK: "«Ел алғысы» төсбелгісі", RU: "Знак «Ел алғысы»", EN: "Badge “El algysy”"}
	for i := range t.Nominations {
		t.Nominations[i].Sum = 0
	}
	_, err = f.Awards.CreateRound(ctx, f.by, awards.NewRound{OrganizerID: f.body, PlaceID: f.region.ID, Terms: t, Sample: true})
	return err
}
