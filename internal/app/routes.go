package app

import (
	"birge/internal/homeweb"
	"birge/internal/platform/web"
)

// routes lists the doors of every room.
func (p *Portal) routes() []web.Route {
	return homeweb.Routes(p.Home)
}
