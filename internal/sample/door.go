package sample

import (
	"context"
	"time"

	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// links keeps the secrets of the links that the portal mails while f runs, by address.
func (g *gathering) links(f func(tokens map[string]string) error) error {
	tokens, hand := map[string]string{}, g.Forums.Hand
	g.Forums.Hand = func(ctx context.Context, tx *db.Tx, p forums.Pass) error {
		if p.Token != "" {
			tokens[p.Registration.Email] = p.Token
		}
		return hand(ctx, tx, p)
	}
	defer func() { g.Forums.Hand = hand }()
	return f(tokens)
}

// takePart has a delegation and single people register, the organizer answer, and
// some of those who are admitted choose a session.
func (g *gathering) takePart(ctx context.Context) error {
	return g.links(func(tokens map[string]string) error {
		if err := g.delegate(ctx, tokens); err != nil {
			return err
		}
		if err := g.register(ctx); err != nil {
			return err
		}
		return g.choose(ctx, tokens)
	})
}

// leader leads the delegation of each forum of the sample.
const leader = "delegation@sample.birge"

func (g *gathering) delegate(ctx context.Context, tokens map[string]string) error {
	village := g.villages[g.districts[1].ID][0].ID
	person := func(name, email string, kind forums.Group) forums.NewRegistration {
		return forums.NewRegistration{Kind: kind, PlaceID: village, Consent: true, Private: forums.Private{Name: name, Email: email, Lang: i18n.KK, Org: "«Ауыл үні» қоғамдық бірлестігі"}}
	}
	first := person("Сәуле Әбенова", leader, "ngo")
	first.Delegation = "«Ауыл үні» делегациясы"
	if err := g.Forums.Register(ctx, access.Actor{}, g.made.ID, first); err != nil {
		return err
	}
	for _, n := range []forums.NewRegistration{person("Қайрат Мұсаев", "", "ngo"), person("Анна Ким", "anna@sample.birge", "media")} {
		if err := g.Forums.AddMember(ctx, access.Actor{}, tokens[leader], n); err != nil {
			return err
		}
	}
	return nil
}

// choose has those with a link take the places of the sessions that do not take
// everybody.
func (g *gathering) choose(ctx context.Context, tokens map[string]string) error {
	offers, err := g.Forums.Offers(ctx, tokens[leader])
	if err != nil {
		return err
	}
	for _, email := range []string{leader, "anna@sample.birge", "participant1@sample.birge"} {
		for _, o := range offers {
			if err := g.Forums.Choose(ctx, access.Actor{}, tokens[email], o.Session.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// letIn has two devices read the badges of those who come: one of them twice, one at
// both devices, and one of somebody who walks in. A third is prepared and not opened.
func (t *teller) letIn(ctx context.Context, f forums.Forum) error {
	p, err := t.Forums.People(ctx, t.by, f.ID)
	if err != nil {
		return err
	}
	var codes []string
	for _, x := range p.List {
		if x.State == forums.Admitted {
			codes = append(codes, x.Code)
		}
	}
	var opening ref.ID // the plenary session
	at, err := t.Forums.Door(ctx, t.by, f.ID)
	if err != nil {
		return err
	}
	for _, o := range at.Sessions {
		if o.Kind == forums.Plenary && opening == 0 {
			opening = o.ID
		}
	}
	n, now := len(codes), t.clock.Now()
	first, second := append(codes[:n-3:n-3], codes[0]), append(codes[n-3:n-1:n-1], codes[1])
	if err := t.bring(ctx, f, "1-кіреберіс", t.readings(now, 0, first...)); err != nil {
		return err
	}
	guest := forums.Reading{Seq: int64(len(second) + 1), At: now, Newcomer: &forums.Newcomer{Name: "Дина Оспанова", Org: "Тұрғын", Kind: "guest"}}
	if err := t.bring(ctx, f, "2-кіреберіс", append(t.readings(now, 0, second...), guest)); err != nil {
		return err
	}
	if err := t.bring(ctx, f, "Үлкен зал", t.readings(now, opening, codes[:n-4]...)); err != nil {
		return err
	}
	_, _, err = t.Forums.AddDevice(ctx, t.by, f.ID, "Кіші зал")
	return err
}

// readings are codes that were read a minute apart, the last one now.
func (t *teller) readings(now time.Time, session ref.ID, codes ...string) (out []forums.Reading) {
	for i, c := range codes {
		out = append(out, forums.Reading{Seq: int64(i + 1), At: now.Add(time.Duration(i-len(codes)) * time.Minute), SessionID: session, Code: c})
	}
	return out
}

// bring opens a device, which brings what it has read.
func (t *teller) bring(ctx context.Context, f forums.Forum, name string, list []forums.Reading) error {
	_, link, err := t.Forums.AddDevice(ctx, t.by, f.ID, name)
	if err != nil {
		return err
	}
	_, key, err := t.Forums.OpenDevice(ctx, link)
	if err != nil {
		return err
	}
	_, _, err = t.Forums.Merge(ctx, key, forums.Batch{Now: t.clock.Now(), Readings: list})
	return err
}
