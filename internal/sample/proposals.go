package sample

import (
	"context"
	"fmt"
	"slices"

	"birge/internal/accounts"
	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/resolutions"
)

// wish is what an organization of the sample proposes for the forum that runs.
type wish struct {
	by      int // place among the organizations
	section int // place among the sections of the forum, -1 for the whole forum
	text    i18n.Text
	support int // how many of the participants
	into    int // place of the wish with which it is merged, -1 for none
}

var wishes = []wish{
	{3, 1, i18n.Text{RU: "Открыть в каждом районе комнату, где НПО бесплатно проводят встречи с жителями и консультации"}, 7, -1},
	{4, 0, i18n.Text{KK: "Ауыл жастарының бастамаларына арналған шағын гранттарды жыл сайын беру және есеп беру тәртібін жеңілдету"}, 9, -1},
	{5, 0, i18n.Text{KK: "Ауылдағы жастар бастамаларына жыл сайын шағын гранттар беру, есеп беру тәртібін қысқарту"}, 4, 1},
	{6, 1, i18n.Text{RU: "Бесплатно предоставлять НПО комнату в каждом районе для встреч с жителями"}, 3, 0},
	{7, 0, i18n.Text{RU: "Публиковать за месяц до конкурса критерии отбора и смету государственного социального заказа"}, 6, -1},
	{8, -1, i18n.Text{KK: "Қоғамдық бақылау нәтижелерін порталда жариялап, әр ескертуге бір айда жауап беру"}, 5, -1},
	{9, 2, i18n.Text{RU: "Создать при палате предпринимателей перечень компаний, готовых помогать сельским НПО оборудованием"}, 2, -1},
}

// floor is what was said in the section about villages.
var floor = []i18n.Text{
	{KK: "Ауылдық кітапханаларда ҮЕҰ-ларға тегін интернет беру"},
	{KK: "Аудан орталығына баратын жолға байланысты шығындарды грант сметасына қосуға рұқсат ету"},
}

// participants is how many people of the sample support proposals.
const participants = 10

// planProposals plans what was proposed for the forum that runs: before it, and in the
// section about villages.
func (t *teller) planProposals(d *resolutions.Document) {
	made := make([]ref.ID, len(wishes))
	for n, x := range wishes {
		t.plan(t.today.AddDays(-25+3*n), func(ctx context.Context) error {
			sections, err := t.sections(ctx, d.ID)
			if err != nil {
				return err
			}
			p := resolutions.NewProposal{DocumentID: d.ID, ByOrg: t.ngos[x.by].ID, Text: x.text}
			if x.section >= 0 {
				p.SessionID = sections[x.section].SessionID
			}
			y, err := t.Resolutions.Propose(ctx, t.by, p)
			made[n] = y.ID
			return err
		})
	}
	t.plan(t.today.AddDays(-5), func(ctx context.Context) error { return t.support(ctx, made) })
	t.plan(t.today.AddDays(-3), func(ctx context.Context) error {
		for n, x := range wishes {
			if x.into < 0 {
				continue
			}
			if err := t.Resolutions.Merge(ctx, t.by, made[n], made[x.into]); err != nil {
				return err
			}
		}
		return nil
	})
	t.planAmendments(d, made)
	t.plan(t.today, func(ctx context.Context) error { return t.sumUp(ctx, d.ID) })
}

// sections are the sections on the programme of a document's forum.
func (t *teller) sections(ctx context.Context, document ref.ID) ([]forums.Slot, error) {
	h, err := t.Resolutions.Hear(ctx, t.by, document, 0)
	return slices.DeleteFunc(h.Slots, func(x forums.Slot) bool { return x.Kind != forums.Section }), err
}

// support has participants support the proposals.
func (t *teller) support(ctx context.Context, made []ref.ID) error {
	var people []access.Actor
	for n := range participants {
		p, err := t.Accounts.Enrol(ctx, t.by, accounts.NewPerson{Name: fmt.Sprintf("Қолдаушы %d", n+1), Email: fmt.Sprintf("supporter%d@sample.birge", n+1), Lang: i18n.KK})
		if err != nil {
			return err
		}
		people = append(people, access.Actor{UserID: p.ID})
	}
	for n, x := range wishes {
		for k := range x.support {
			if err := t.Resolutions.Support(ctx, people[(n+k)%participants], made[n], false); err != nil {
				return err
			}
		}
	}
	return nil
}

// sumUp writes down what the section about villages said, and what it sums up.
func (t *teller) sumUp(ctx context.Context, document ref.ID) error {
	sections, err := t.sections(ctx, document)
	if err != nil {
		return err
	}
	village := sections[1].SessionID
	if err := t.Resolutions.TakeRemarks(ctx, t.by, document, village, floor, i18n.Text{KK: "ауыл ҮЕҰ-лары", RU: "сельские НПО"}); err != nil {
		return err
	}
	return t.Resolutions.SumUp(ctx, t.by, document, village, 0, i18n.Text{
		KK: "Секция ауылдағы ҮЕҰ-ларға кездесу орны, байланыс және жол шығыны қажет екенін атап өтті.",
		RU: "Секция отметила: сельским НПО нужны место для встреч, связь и оплата дороги.",
		EN: "The section noted that NGOs in villages need a place to meet, a connection and their travel paid."})
}
