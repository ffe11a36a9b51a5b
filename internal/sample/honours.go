package sample

import (
	"context"
	"fmt"

	"birge/internal/awards"
	"birge/internal/panels"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// thankAt is how many days ago the region begins to choose whom it thanks at its first
// forum: a jury has marked, and letters lie ready, before the forum meets.
const thankAt = 415

var thanked = i18n.Text{
	KK: "Ауылда балаларға тегін үйірме ашып, оны үш жыл бойы тоқтатпай жүргізді.",
	RU: "Открыла в селе бесплатный кружок для детей и третий год ведет его без перерыва.",
	EN: "Opened a free club for children in a village and has kept it going for three years.",
}

// giveThanks tells of the letters of thanks of the first forum, from their
// announcement to their laureates.
func (f *giving) giveThanks(ctx context.Context) error {
	terms := awards.Terms{Kind: awards.Letter, Who: awards.Themselves, PerWork: 3, Opens: f.day(), Closes: f.day().AddDays(12),
		Title: i18n.Text{KK: "I өңірлік форумның алғыс хаттары", RU: "Благодарственные письма I регионального форума", EN: "Letters of thanks of the Regional Forum I"},
		About: i18n.Text{KK: "Форумда ауылда тұрақты жұмыс істеп жүрген ұйымдарға алғыс айтылады.", RU: "На форуме благодарят организации, которые постоянно работают на селе.", EN: "The forum thanks organizations that work in villages year after year."},
		Nominations: []awards.Nomination{
			{Title: i18n.Text{KK: "Ауыл балалары үшін", RU: "За работу с детьми на селе", EN: "For children in villages"}},
			{Title: i18n.Text{KK: "Ашық есеп үшін", RU: "За открытую отчетность", EN: "For open reporting"}},
		},
		Criteria: []panels.Criterion{
			{Code: "use", Weight: 60, Max: 10, Name: i18n.Text{KK: "Адамдарға пайдасы", RU: "Польза людям", EN: "Use to people"}},
			{Code: "open", Weight: 40, Max: 10, Name: i18n.Text{KK: "Ашықтығы", RU: "Открытость", EN: "Openness"}},
		}}
	r, err := f.Awards.CreateRound(ctx, f.by, awards.NewRound{OrganizerID: f.body, PlaceID: f.region.ID, Forum: f.pastForum.Ref(), Terms: terms, Sample: true})
	if err == nil {
		r, err = f.Awards.PublishRound(ctx, f.by, r.ID, 0)
	}
	if err != nil {
		return fmt.Errorf("letters of thanks: %w", err)
	}
	f.plan(f.day().AddDays(5), func(ctx context.Context) error { return f.nominate(ctx, r, thanked, 0, 1, 2, 3) })
	f.plan(f.day().AddDays(13), func(ctx context.Context) error { return f.judgeThanks(ctx, r) })
	return nil
}

// judgeThanks admits everybody and has the jury drawn and marking.
func (f *giving) judgeThanks(ctx context.Context, r awards.Round) error {
	panel, worth, err := f.admitTo(ctx, r, i18n.Text{})
	if err != nil {
		return err
	}
	f.plan(f.day().AddDays(9), func(ctx context.Context) error { return f.thank(ctx, r, panel, worth) })
	return nil
}

// thank has the jury mark, and the head of the body thank the best of each nomination.
func (f *giving) thank(ctx context.Context, r awards.Round, panel ref.ID, worth map[string]int) error {
	for k := range f.jury.experts {
		if err := f.judge(ctx, k, panel, worth, plainly); err != nil {
			return err
		}
	}
	if err := f.Panels.Reveal(ctx, f.by, panel, i18n.Text{}); err != nil {
		return fmt.Errorf("marks: %w", err)
	}
	if err := f.choose(ctx, r, map[int]int{1: 1, 2: 1}, thanked); err != nil {
		return err
	}
	_, err := f.Awards.PublishDecision(ctx, f.by, r.ID, 0)
	return err
}

// choose puts the decision that the best of each nomination win, as many as left says.
func (f *giving) choose(ctx context.Context, r awards.Round, left map[int]int, why i18n.Text) error {
	v, err := f.Awards.Deciding(ctx, f.by, r.ID)
	if err != nil {
		return err
	}
	var winners []awards.Winner
	for _, p := range v.Placed {
		if left[p.Nomination] > 0 {
			left[p.Nomination]--
			winners = append(winners, awards.Winner{NomineeID: p.ID, Reason: why})
		}
	}
	if _, err := f.Awards.DraftDecision(ctx, f.by, r.ID, 0, winners, i18n.Text{}); err != nil {
		return err
	}
	if _, err = f.Awards.PutDecision(ctx, f.by, r.ID, 0); err != nil {
		return fmt.Errorf("decision: %w", err)
	}
	return nil
}
