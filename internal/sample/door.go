package sample

import (
	"context"

	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
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
