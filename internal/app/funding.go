package app

import (
	"context"

	"birge/internal/funding/fundingweb"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// readApplication gives an application to an expert as plain data.
func (p *Portal) readApplication(ctx context.Context, tx *db.Tx, by access.Actor, work ref.Ref, blind bool, lang i18n.Lang) (panels.Reading, error) {
	return fundingweb.Reader{Funding: p.Funding, Places: p.Places, Norms: p.Norms, Words: func() *i18n.Words { return p.Words }}.Read(ctx, tx, by, work, blind, lang)
}
