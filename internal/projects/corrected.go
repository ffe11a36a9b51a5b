package projects

import (
	"context"

	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// CorrectedPage is the page of a project as the register's corrections need it:
// the organization that carries it out keeps it, and its people and the side that
// pays answer what is said of it.
func (s *Service) CorrectedPage(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (page orgs.Page, err error) {
	p, err := s.visible(ctx, tx, by, id)
	if err != nil {
		return page, err
	}
	sides, err := refsOf(ctx, tx, []ref.ID{p.OrgID})
	_, no := mayDraft(by, p, s.around(p))
	return orgs.Page{Ref: p.Ref(), Keeper: sides[p.OrgID], PlaceID: p.PlaceID, Sample: p.Sample, May: no == nil}, err
}
