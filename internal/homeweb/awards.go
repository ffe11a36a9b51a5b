package homeweb

import (
	"context"

	"birge/internal/awards"
	"birge/internal/platform/access"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
)

func (h *Home) showAwards(ctx context.Context, p ui.Page, ids []ref.ID, shown map[search.Hit]ui.Found) error {
	list, err := h.Awards.Cards(ctx, ids)
	for _, x := range list {
		f := ui.Found{Title: x.Round.Title, Path: x.Round.Ref().Path, Line: line(p.T("home.found_one.award"), h.placeName(p, x.Round.PlaceID)), Status: p.T("awards.state." + string(x.State))}
		if x.State == awards.Open {
			f.Tone = ui.Good
		}
		shown[search.Hit{Kind: awards.KindRound, ID: x.Round.ID}] = f
	}
	return err
}

// candidacies tell how the nominees of the actor stand; that of a laureate leads to
// the certificate.
func (h *Home) candidacies(ctx context.Context, p ui.Page, by access.Actor) (out []ui.Task, err error) {
	list, err := h.Awards.Candidacies(ctx, by)
	for _, c := range list {
		in, _ := c.Round.Nomination(c.Nomination)
		t := ui.Task{Title: p.Text(c.Round.Title), Path: c.Ref().Path}
		standing := p.T("awards.nominee." + string(c.Nominee.State()))
		switch {
		case !c.Certificate.IsZero():
			t.Tone, t.Path, standing = ui.Good, c.Certificate.Path, p.T("desk.awards.laureate")
		case c.Nominee.State() == awards.Admitted:
			standing = p.T("awards.state." + string(c.State))
		}
		t.Note = line(p.Text(c.Org.Title), p.Text(in.Title), standing)
		out = append(out, t)
	}
	return out, err
}
