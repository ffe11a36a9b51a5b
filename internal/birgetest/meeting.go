package birgetest

import (
	"context"
	"errors"
	"time"

	"birge/internal/app"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// tellMeeting has a commission of the sample's region meet: the officer presides,
// one question is decided, the votes on the second run, the third waits.
func tellMeeting(ctx context.Context, p *app.Portal) error {
	region := p.Places.Tree().Samples()[0]
	officer, err := actor(ctx, p, Officer, access.Grant{Role: access.Officer, Scope: region.ID})
	if err != nil {
		return err
	}
	secretary, err := actor(ctx, p, Secretary)
	if err != nil {
		return err
	}
	owner, err := one(ctx, p, `SELECT funder_id FROM projects WHERE org_id IN (`+leadsOrg+`) AND funder_id IS NOT NULL ORDER BY id LIMIT 1`)
	if err != nil {
		return err
	}
	o, err := p.Orgs.ByID(ctx, owner)
	if err != nil {
		return err
	}
	text := func(kk, ru, en string) i18n.Text { return i18n.Text{KK: kk, RU: ru, EN: en} }
	body, err := p.Panels.SetUp(ctx, officer, panels.NewBody{Owner: o.Ref(), PlaceID: region.ID, Kind: panels.Commission, Sample: true,
		Name:  text("Гранттар жөніндегі комиссия", "Комиссия по грантам", "Commission for grants"),
		About: text("Гранттар туралы шешім шығарады.", "Принимает решения о грантах.", "Decides on grants."),
		Rules: panels.Rules{QuorumFrom: panels.FromAll, Majority: panels.OfPresent, ChairDecides: true}})
	if err != nil {
		return err
	}
	var here []ref.ID
	for _, seat := range []struct {
		email string
		duty  panels.Duty
	}{{Officer, panels.Chair}, {Judge, panels.Deputy}, {Secretary, panels.Secretary}} {
		m, err := p.Panels.Seat(ctx, officer, body.ID, panels.NewMember{Email: seat.email, Duty: seat.duty, Since: p.Panels.Today()})
		if err != nil {
			return err
		}
		here = append(here, m.ID)
	}
	m, err := p.Panels.Plan(ctx, officer, body.ID, panels.When{StartsAt: db.At(p.DB.Now().Add(time.Hour)), Place: text("Әкімдік, 3-кабинет", "Акимат, кабинет 3", "Akimat, room 3")})
	if err != nil {
		return err
	}
	var items []panels.Item
	for _, title := range []i18n.Text{text("Жұмыс жоспары туралы", "О плане работы", "On the plan of work"), text("Нәтижелер туралы", "Об итогах", "On the results"), text("Әртүрлі", "Разное", "Other")} {
		i, err := p.Panels.AddItem(ctx, officer, m.ID, panels.NewItem{Title: title, Proposal: text("Бекітілсін.", "Утвердить.", "Approve.")})
		if err != nil {
			return err
		}
		items = append(items, i)
	}
	return errors.Join(
		p.Panels.Invite(ctx, officer, m.ID, text("Мәселелер шұғыл", "Вопросы срочные", "The questions are urgent")),
		p.Panels.Attend(ctx, secretary, m.ID, here[:2], here[2:]),
		p.Panels.Begin(ctx, secretary, m.ID),
		p.Panels.TakeUp(ctx, secretary, items[0].ID, nil),
		p.Panels.Vote(ctx, officer, items[0].ID, here[0], panels.For),
		p.Panels.Vote(ctx, secretary, items[0].ID, here[1], panels.For),
		p.Panels.CloseVote(ctx, secretary, items[0].ID),
		p.Panels.TakeUp(ctx, secretary, items[1].ID, nil))
}
