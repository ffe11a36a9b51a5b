package app

import (
	"context"

	"birge/internal/forums"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// exhibits gives projects to the exhibition of a forum.
func (p *Portal) exhibits(ctx context.Context, tx *db.Tx, ids []ref.ID) (out []forums.Exhibit, err error) {
	list, err := projects.CardsIn(ctx, tx, ids)
	for _, x := range list {
		out = append(out, forums.Exhibit{Ref: x.Ref(), OrgID: x.OrgID, Ended: x.StatusOn(p.today()).Is.Ended()})
	}
	return out, err
}

// exhibitsOf gives the projects that an organization carries out and everybody may
// see.
func (p *Portal) exhibitsOf(ctx context.Context, tx *db.Tx, org ref.ID) (out []forums.Exhibit, err error) {
	list, err := p.Projects.OfOrg(ctx, tx, org)
	for _, x := range list {
		if x.OrgID == org {
			out = append(out, forums.Exhibit{Ref: x.Ref(), OrgID: x.OrgID, Ended: x.StatusOn(p.today()).Is.Ended()})
		}
	}
	return out, err
}

// informOfHelp writes of stands and of help.
func (p *Portal) informOfHelp(ctx context.Context, tx *db.Tx, l forums.HelpLetter) error {
	return p.forumsPost().Inform(ctx, tx, l)
}
