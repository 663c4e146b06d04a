/*
 * front_door - which function was called through a gateway, load balancer or distribution.
 *
 * The log of a front door names the door. Which function stands behind it is in the changes that
 * set it up: an integration, a registration as a target, or the permission that lets the door call
 * the function.
 */
#ifndef ENGINE_FRONT_DOOR_H
#define ENGINE_FRONT_DOOR_H

#include "base/attr.h"
#include "model/event.h"

/* Name the function of each call that has a FRONT_DOOR and none, where the events leave no doubt:
 * one function behind the door, or one that its permission's method and path fit. False: no memory. */
NODISCARD bool front_door_functions(struct event **events, size_t count);

#endif
