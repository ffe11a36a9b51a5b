package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/mail"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// userCommand looks after who may sign in and in which roles. It never takes a
// password: whoever is made here signs in by a link and sets one.
type userCommand struct {
	List   userList   `cmd:"" help:"List who holds which role."`
	Create userCreate `cmd:"" help:"Make an account, give it a role when one is named, and print a link by which its holder signs in once."`
	Link   userLink   `cmd:"" help:"Print a link by which the holder of an account signs in once."`
	Grant  userGrant  `cmd:"" help:"Give a role."`
	Revoke userRevoke `cmd:"" help:"End a role."`
	Reset  userReset  `cmd:"" name:"reset-second-factor" help:"Take the code generator and the passkeys of an account out of use, and end its sessions."`
	Out    userOut    `cmd:"" name:"end-sessions" help:"End all sessions of an account."`
}

// byCommand is the portal acting for whoever has the machine.
var byCommand = access.Portal("command")

// onPortal opens the portal of a folder for one act.
func onPortal(ctx context.Context, c Config, act func(p *Portal) error) error {
	c.Demo = c.holdsDemo()
	p, err := Open(ctx, c)
	if err != nil {
		return err
	}
	return errors.Join(act(p), p.Close())
}

// roleFlags name a role and what it is held for.
type roleFlags struct {
	Role         string `help:"admin, keeper, officer, expert, observer, editor, lead, staff or funder." env:"BIRGE_ROLE"`
	Place        string `help:"KATO code of the place for which the role is held." env:"BIRGE_PLACE"`
	Organization string `help:"BIN of the organization for which the role is held." env:"BIRGE_ORGANIZATION"`
}

// read finds the role and its scope; no place and no organization is the whole portal.
func (f roleFlags) read(ctx context.Context, p *Portal) (role access.Role, scope ref.Ref, err error) {
	role = access.Role(f.Role)
	if !slices.Contains(access.Roles, role) {
		return role, scope, fmt.Errorf("app: there is no role %q", f.Role)
	}
	switch find := p.roleScopes(); {
	case f.Place != "":
		scope, err = find["place"](ctx, f.Place)
	case f.Organization != "":
		scope, err = find["organization"](ctx, f.Organization)
	}
	return role, scope, err
}

type userList struct{ Config }

// Run prints who holds which role.
func (c *userList) Run(ctx context.Context) error {
	return onPortal(ctx, c.Config, func(p *Portal) error {
		holders, err := p.Accounts.RoleHolders(ctx, byCommand)
		if err != nil {
			return err
		}
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		for _, h := range holders {
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\tsince %s\n", h.Person.Email, h.Person.Name, h.Grant.Role, h.Grant.Scope.Title.Words(), db.DateOf(h.Grant.GivenAt.In(p.Zone)))
		}
		return out.Flush()
	})
}

type userCreate struct {
	Config
	roleFlags
	Email string    `arg:"" help:"Address of the holder."`
	Name  string    `required:"" help:"Name by which the holder is greeted." env:"BIRGE_NAME"`
	Lang  i18n.Lang `default:"kk" enum:"kk,ru,en" help:"Language of letters." env:"BIRGE_LANG"`
}

// Run makes the account and prints the link.
func (c *userCreate) Run(ctx context.Context) error {
	return onPortal(ctx, c.Config, func(p *Portal) error {
		var role access.Role
		var scope ref.Ref
		if c.Role != "" {
			var err error
			if role, scope, err = c.read(ctx, p); err != nil {
				return err
			}
		}
		who, err := p.Accounts.Enrol(ctx, byCommand, accounts.NewPerson{Name: c.Name, Email: c.Email, Lang: c.Lang, Proved: true})
		if err != nil {
			return err
		}
		if role != "" {
			if _, err := p.Accounts.GiveRole(ctx, byCommand, who.ID, role, scope); err != nil {
				return err
			}
		}
		return p.printLink(ctx, who)
	})
}

type userLink struct {
	Config
	Email string `arg:"" help:"Address of the holder."`
}

// Run prints a link.
func (c *userLink) Run(ctx context.Context) error {
	return onPerson(ctx, c.Config, c.Email, func(p *Portal, who accounts.Person) error { return p.printLink(ctx, who) })
}

// printLink has a letter with a link written, and prints it.
func (p *Portal) printLink(ctx context.Context, who accounts.Person) error {
	if err := p.Accounts.AskLink(ctx, accounts.Knock{Address: "command"}, who.Email, who.Lang); err != nil {
		return err
	}
	return p.DB.View(ctx, func(tx *db.Tx) error {
		letters, err := mail.Outbox(ctx, tx, 0, 20)
		if err != nil {
			return err
		}
		for _, l := range letters {
			if l.To == who.Email {
				fmt.Printf("this letter goes to %s:\n\n%s\n", l.To, l.Text)
				return nil
			}
		}
		return problem.New(problem.NotFound, "problem.not_found")
	})
}

// onPerson opens the portal for an act on the account with an address.
func onPerson(ctx context.Context, c Config, email string, act func(p *Portal, who accounts.Person) error) error {
	return onPortal(ctx, c, func(p *Portal) error {
		who, err := p.Accounts.PersonOfEmail(ctx, byCommand, email)
		if err != nil {
			return err
		}
		return act(p, who)
	})
}

type userGrant struct {
	Config
	roleFlags
	Email string `arg:"" help:"Address of the holder."`
}

// Run gives the role.
func (c *userGrant) Run(ctx context.Context) error {
	return onPerson(ctx, c.Config, c.Email, func(p *Portal, who accounts.Person) error {
		role, scope, err := c.read(ctx, p)
		if err != nil {
			return err
		}
		_, err = p.Accounts.GiveRole(ctx, byCommand, who.ID, role, scope)
		return err
	})
}

type userRevoke struct {
	Config
	roleFlags
	Email string `arg:"" help:"Address of the holder."`
}

// Run ends the role.
func (c *userRevoke) Run(ctx context.Context) error {
	return onPerson(ctx, c.Config, c.Email, func(p *Portal, who accounts.Person) error {
		role, scope, err := c.read(ctx, p)
		if err != nil {
			return err
		}
		held, err := p.Accounts.Grants(ctx, byCommand, who.ID)
		if err != nil {
			return err
		}
		for _, g := range held {
			if g.Role == role && g.Scope.ID == scope.ID && g.EndedAt.IsZero() {
				_, err := p.Accounts.EndRole(ctx, byCommand, g.ID)
				return err
			}
		}
		return fmt.Errorf("app: %s does not hold this role", c.Email)
	})
}

type userReset struct {
	Config
	Email string `arg:"" help:"Address of the holder."`
}

// Run resets the second factor.
func (c *userReset) Run(ctx context.Context) error {
	return onPerson(ctx, c.Config, c.Email, func(p *Portal, who accounts.Person) error {
		return p.Accounts.ResetSecondFactor(ctx, byCommand, who.ID)
	})
}

type userOut struct {
	Config
	Email string `arg:"" help:"Address of the holder."`
}

// Run ends the sessions.
func (c *userOut) Run(ctx context.Context) error {
	return onPerson(ctx, c.Config, c.Email, func(p *Portal, who accounts.Person) error {
		return p.Accounts.EndSessionsOf(ctx, byCommand, who.ID)
	})
}
