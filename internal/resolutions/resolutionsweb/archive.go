package resolutionsweb

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
	"birge/internal/resolutions"
)

// Shelve adds to the package of a forum what was proposed, remarked and decided there
// and how each item stands. Of who proposed only organizations are named.
func (p *Pages) Shelve(ctx context.Context, f forums.Forum, pack *forums.Package) error {
	list, err := p.Resolutions.OfForum(ctx, f.ID)
	for i, line := range list {
		if err == nil {
			err = p.shelveDocument(ctx, fmt.Sprintf("resolutions/%02d-%s", i+1, line.Kind), line.ID, pack)
		}
	}
	return err
}

func (p *Pages) shelveDocument(ctx context.Context, folder string, id ref.ID, pack *forums.Package) error {
	y, err := p.Resolutions.Story(ctx, access.Actor{}, id)
	if err != nil {
		return err
	}
	org := func(id ref.ID) table.Cell { return table.Text(y.Names[id].Title.RU) }
	var items, proposals [][]table.Cell
	for _, r := range y.Rows {
		items = append(items, []table.Cell{table.Int(int64(r.No)), table.Text(r.Text.KK), table.Text(r.Text.RU), table.Text(r.Text.EN), org(r.OwnerID), table.Date(r.Due), table.Text(r.Measure.RU),
			org(r.ProposerOrg), table.Text(string(r.Standing))})
	}
	for _, x := range y.Proposals {
		proposals = append(proposals, []table.Cell{table.Text(x.ID.String()), table.Text(x.Text.KK), table.Text(x.Text.RU), table.Text(x.Text.EN), org(x.ByOrg), table.Date(x.MadeOn), table.Text(string(x.Phase)), table.YesNo(x.Remark), merged(x)})
	}
	if err := pack.Add(folder+"/document.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(y.Document)
	}); err != nil {
		return err
	}
	if err := pack.Table(folder+"/items.csv", []string{"no", "text_kk", "text_ru", "text_en", "owner", "due", "measure", "proposed_by", "standing"}, items); err != nil {
		return err
	}
	return pack.Table(folder+"/proposals.csv", []string{"id", "text_kk", "text_ru", "text_en", "by_organization", "made_on", "when", "remark", "merged_into"}, proposals)
}

// merged is the proposal into which one was merged.
func merged(x resolutions.Proposal) table.Cell {
	if x.MergedInto == 0 {
		return table.Text("")
	}
	return table.Text(x.MergedInto.String())
}
