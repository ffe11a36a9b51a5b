package accountsweb

import (
	"context"
	"time"

	"birge/internal/accounts"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
)

// Send puts a letter into the mail, in the caller's transaction.
type Send func(ctx context.Context, tx *db.Tx, to string, lang i18n.Lang, subject, text string) error

// doors are the addresses at which the links of letters open.
var doors = map[string]string{
	"sign_in": "/sign-in/link/", "join": "/join/", "email": "/account/email/", "invitation": "/invitations/",
}

// Letters writes the letters of accounts in the reader's language. base is the
// portal's public origin, zone the one in which it shows time.
func Letters(words *i18n.Words, base string, zone *time.Location, send Send) func(context.Context, *db.Tx, accounts.Letter) error {
	return func(ctx context.Context, tx *db.Tx, l accounts.Letter) error {
		p := words.Printer(l.Lang)
		args := []any{"until", p.DateTime(l.Until.In(zone))}
		if l.Token != "" {
			args = append(args, "link", base+"/"+string(l.Lang)+doors[l.Kind]+l.Token)
		}
		if l.Role != "" {
			scope := p.T("accounts.scope.portal")
			if l.Scope.Kind != "" {
				scope = p.Text(l.Scope.Title)
			}
			args = append(args, "role", p.T("accounts.role."+string(l.Role)), "scope", scope)
		}
		key := "accounts.letter." + l.Kind
		return send(ctx, tx, l.To, l.Lang, p.T(key+".subject", args...), p.T(key+".text", args...))
	}
}
