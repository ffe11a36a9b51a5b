package forumsweb

import (
	"net/http"
	"time"

	"birge/internal/forums"
	"birge/internal/platform/i18n"
	"birge/internal/platform/pdf"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// badges are the badges of everybody who is admitted, of a delegation or of one
// person, eight on a page, to be cut out.
func (h *Pages) badges(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	p, err := h.Forums.People(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	delegation, _ := ref.ParseID(r.URL.Query().Get("delegation"))
	one, _ := ref.ParseID(r.URL.Query().Get("who"))
	var list []pdf.Card
	made := p.Forum.ID.Time()
	for _, x := range p.List {
		if x.State != forums.Admitted || delegation != 0 && x.DelegationID != delegation || one != 0 && x.ID != one {
			continue
		}
		list = append(list, h.badge(p, x))
		if x.DecidedAt.After(made) {
			made = x.DecidedAt.Time
		}
	}
	if len(list) == 0 {
		return problem.New(problem.Conflict, "forums.no_badges")
	}
	return h.writeBadges(w, p.Forum, list, made)
}

// badge is the badge of one person: in the languages of the portal's papers.
func (h *Pages) badge(p forums.People, x forums.Registration) pdf.Card {
	kk, ru := h.Words().Printer(i18n.KK), h.Words().Printer(i18n.RU)
	as := "forums.who." + string(x.Kind)
	c := pdf.Card{Head: kk.Text(p.Forum.Title), Name: x.Name, Code: forums.BadgeText(p.Forum.ID, x.Code), Short: grouped(x.Code)}
	for _, line := range []string{x.Org, p.Delegation(x), joined(kk.T(as), other(kk.T(as), ru.T(as)))} {
		if line != "" {
			c.Lines = append(c.Lines, line)
		}
	}
	return c
}

// other is a word that is not the one before it.
func other(one, two string) string {
	if one == two {
		return ""
	}
	return two
}

// grouped is a code as it is read aloud: "ABC-1234".
func grouped(code string) string {
	if len(code) < 4 {
		return code
	}
	return code[:3] + "-" + code[3:]
}

func (h *Pages) writeBadges(w http.ResponseWriter, f forums.Forum, list []pdf.Card, made time.Time) error {
	o := h.paper(h.Words().Printer(i18n.KK), f, made)
	d := pdf.New(o)
	if err := d.Cards(list); err != nil {
		return err
	}
	return writePDF(w, d, "badges")
}

// badgeLinks lead to the badges of everybody and of each delegation.
func (p peopleView) badgeLinks() (out []ui.Download) {
	if len(p.in(forums.Admitted)) == 0 {
		return nil
	}
	out = append(out, ui.Download{Format: "PDF", Href: p.URL(p.path("/badges")), Note: p.T("forums.badges_all")})
	for _, d := range p.Delegations {
		for _, x := range p.in(forums.Admitted) {
			if x.DelegationID == d.ID {
				out = append(out, ui.Download{Format: "PDF", Href: p.URL(p.path("/badges"), "delegation", d.ID.String()), Note: d.Name})
				break
			}
		}
	}
	return out
}
