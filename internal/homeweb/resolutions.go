package homeweb

import (
	"context"

	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/ui"
	"birge/internal/resolutions"
)

// showResolutions draws the documents, items and proposals that were found.
func (h *Home) showResolutions(ctx context.Context, p ui.Page, ids map[string][]ref.ID, shown map[search.Hit]ui.Found) error {
	documents, items, proposals := ids[resolutions.Kind], ids[resolutions.KindItem], ids[resolutions.KindProposal]
	if len(documents)+len(items)+len(proposals) == 0 {
		return nil
	}
	list, err := h.Resolutions.Found(ctx, documents, items, proposals)
	for _, x := range list {
		f := ui.Found{Title: cut(x.Title), Path: x.Path}
		switch x.Ref.Kind {
		case resolutions.KindItem:
			f.Line = line(p.T("home.found_one.resolution_item"), p.Text(x.Of.Title))
		case resolutions.KindProposal:
			f.Line = line(p.T("home.found_one.resolution_proposal"), p.Text(x.Of.Title))
		default:
			f.Line = line(p.T("resolutions.kind."+string(x.Kind)), h.placeName(p, x.PlaceID))
		}
		shown[search.Hit{Kind: x.Ref.Kind, ID: x.ID}] = f
	}
	return err
}

// longTitle is how many characters of a long text the search shows as its title.
const longTitle = 180

func cut(t i18n.Text) (out i18n.Text) {
	for _, l := range i18n.Langs {
		s := []rune(t.Get(l))
		if len(s) > longTitle {
			s = append(s[:longTitle:longTitle], '…')
		}
		out.Set(l, string(s))
	}
	return out
}
